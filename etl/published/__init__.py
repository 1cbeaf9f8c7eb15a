"""Table macros of the published file: questions with parameters, answered on the path that the marts took.

macros.yml      what each macro is called, takes, gives and says of itself
parameters.yml  what the parameters are; one name has one meaning in all macros
macros/         their SQL, one file each; `path(...)` stands for the compiled models of the path
path.py         a model and all that lies before it, to be run over other inputs
install.py      renders the SQL and creates the macros in a finished file
dictionary.py   writes what they are, take and give into `data_dictionary`
"""
