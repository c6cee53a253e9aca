"""Drawn numbers as Arrow columns of the type a register stores, without a Python loop over rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jiqun.model.entity import Column
from jiqun.register.creditcode import ALPHABET, WEIGHTS
from jiqun.register.store import decimals, stored_type
from jiqun.register.synthetic.firms import Bools, Ints

Array: TypeAlias = "pa.Array[Any]"

DIGITS = 7
_ORGANISATION_WEIGHTS = np.array((3, 7, 9, 10, 5, 8, 4, 2))
_AREA = "91440300"
_SYNTHETIC = "X"
"""First character of the organisation code; with it, seven digits that count the enterprises: no real code looks like that."""


@dataclass(frozen=True, slots=True)
class Values:
    """One drawn column. `absent` rows are null; codes count through `labels`; numbers follow `prefix`; text may be letters row by row."""

    data: NDArray[np.generic]
    absent: Bools | None = None
    labels: tuple[str, ...] = ()
    prefix: str = ""

    def at(self, rows: NDArray[np.generic]) -> Values:
        return Values(self.data[rows], None if self.absent is None else self.absent[rows], self.labels, self.prefix)

    def without(self, missing: Bools) -> Values:
        """Return the same values with more of them unknown."""
        return Values(self.data, missing if self.absent is None else self.absent | missing, self.labels, self.prefix)


def array(column: Column, values: Values) -> Array:
    """Return a column's values as it is stored: money, ratios and quantities as exact decimals."""
    if column.type in ("text", "enum"):
        return text(values)
    if column.type in ("money", "ratio", "quantity"):
        units = np.rint(values.data.astype(np.float64) * 10 ** decimals(column)).astype(np.int64)
        return decimal(units, values.absent, decimals(column))
    kind = {"count": np.int64, "bool": np.bool_, "date": np.int32}[column.type]
    return pa.array(values.data.astype(kind), mask=values.absent).cast(stored_type(column))


def decimal(units: Ints, absent: Bools | None, scale: int) -> Array:
    """Return whole numbers of the last decimal (fen for money) as decimals: 64 bits of value, 64 of sign.

    >>> decimal(np.array([150, -1]), None, 2).to_pylist()
    [Decimal('1.50'), Decimal('-0.01')]
    """
    halves = np.empty((len(units), 2), np.int64)
    halves[:, 0], halves[:, 1] = units, units >> 63
    return pa.Array.from_buffers(pa.decimal128(18, scale), len(units), [_validity(absent), pa.py_buffer(halves.tobytes())])


def text(values: Values) -> Array:
    """Return codes as their labels, numbers behind their prefix, or letters as they are."""
    if values.labels:
        codes = pa.array(values.data.astype(np.int32), pa.int32(), mask=values.absent)
        return pa.array(values.labels, pa.string()).take(codes)
    letters = values.data if values.data.ndim == 2 else joined(values.prefix, values.data.astype(np.int64))
    return _letters(letters.astype(np.uint8), values.absent)


def joined(prefix: str, numbers: Ints, digits: int = DIGITS) -> NDArray[np.uint8]:
    """Return `prefix` and the number with leading zeros, as bytes: every row has the same length."""
    powers = 10 ** np.arange(digits - 1, -1, -1, dtype=np.int64)
    figures = (numbers[:, None] // powers % 10 + ord("0")).astype(np.uint8)
    start = np.frombuffer(prefix.encode(), np.uint8)
    return np.concatenate([np.broadcast_to(start, (len(numbers), len(start))), figures], axis=1)


def credit_codes(numbers: Ints) -> NDArray[np.uint8]:
    """Return valid unified social credit codes that are visibly synthetic.

    >>> bytes(credit_codes(np.array([123]))[0])[:16]
    b'91440300X0000123'
    """
    organisation = np.concatenate([np.full((len(numbers), 1), 33), numbers[:, None] // 10 ** np.arange(6, -1, -1) % 10], axis=1)
    rest = -(organisation @ _ORGANISATION_WEIGHTS) % 11
    ninth = np.where(rest == 10, ord("X"), rest + ord("0")).astype(np.uint8)
    body = np.concatenate([joined(_AREA + _SYNTHETIC, numbers), ninth[:, None]], axis=1)
    worth = np.zeros(128, np.int64)
    worth[[ord(letter) for letter in ALPHABET]] = np.arange(len(ALPHABET))
    last = -(worth[body] @ np.array(WEIGHTS)) % 31
    return np.concatenate([body, np.frombuffer(ALPHABET.encode(), np.uint8)[last][:, None]], axis=1)


def _letters(letters: NDArray[np.uint8], absent: Bools | None) -> Array:
    rows, length = letters.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * length
    return pa.Array.from_buffers(pa.string(), rows, [_validity(absent), pa.py_buffer(offsets.tobytes()), pa.py_buffer(letters.tobytes())])


def _validity(absent: Bools | None) -> pa.Buffer | None:
    return None if absent is None else pa.py_buffer(np.packbits(~absent, bitorder="little").tobytes())
