brand = Synaq
