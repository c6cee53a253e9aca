def add(app,lang): pass
