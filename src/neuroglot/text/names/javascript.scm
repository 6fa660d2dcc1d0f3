; What stands beside the names of `ecmascript.scm`, which are read first.
(formal_parameters (identifier) @variable)
