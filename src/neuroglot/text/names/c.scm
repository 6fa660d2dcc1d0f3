; Scopes. A prototype's parameters are its own.
(function_definition) @scope
(compound_statement) @scope
(for_statement) @scope
(translation_unit (declaration declarator: (function_declarator) @scope))
(translation_unit (declaration (pointer_declarator (function_declarator) @scope)))
(translation_unit (declaration (pointer_declarator (pointer_declarator (function_declarator) @scope))))
(type_definition) @scope
(field_declaration_list) @object

; Definitions.
(declaration declarator: (identifier) @local)
(init_declarator declarator: (identifier) @local)
(parameter_declaration declarator: (identifier) @local)
(pointer_declarator declarator: (identifier) @local)
(array_declarator declarator: (identifier) @local)
(parenthesized_declarator (identifier) @local)
(field_declaration declarator: (field_identifier) @kept)
(enumerator name: (identifier) @variable)
(function_definition declarator: (function_declarator declarator: (identifier) @function))
(function_definition (pointer_declarator (function_declarator declarator: (identifier) @function)))
(function_definition
  (pointer_declarator (pointer_declarator (function_declarator declarator: (identifier) @function))))
((declaration (storage_class_specifier) @_extern declarator: (identifier) @opaque)
  (#eq? @_extern "extern"))
((declaration (storage_class_specifier) @_extern declarator: (_ declarator: (identifier) @opaque))
  (#eq? @_extern "extern"))

; Uses, and identifiers that are none. The parser takes some variables for types: sizeof(x).
(identifier) @reference
(type_identifier) @value
(struct_specifier name: (_) @member)
(union_specifier name: (_) @member)
(enum_specifier name: (_) @member)
(type_definition declarator: (_) @member)
(preproc_arg) @opaque
(preproc_params (identifier) @opaque)
(preproc_def name: (identifier) @opaque)
(preproc_function_def name: (identifier) @opaque)
(preproc_ifdef name: (identifier) @opaque)
(preproc_defined (identifier) @opaque)
