; Scopes. Names of a class body are attributes, and the functions inside do not see them.
(function_definition) @scope
(lambda) @scope
(list_comprehension) @scope.comprehension
(set_comprehension) @scope.comprehension
(dictionary_comprehension) @scope.comprehension
(generator_expression) @scope.comprehension
(class_definition) @object.hidden

; The head of a function or class, and what a comprehension runs over first, stand around it.
(typed_parameter type: (_) @outside)
(typed_default_parameter type: (_) @outside)
(typed_default_parameter value: (_) @outside)
(default_parameter value: (_) @outside)
(function_definition return_type: (_) @outside)
(class_definition superclasses: (_) @outside)
(list_comprehension . (_) . (for_in_clause right: (_) @outside))
(set_comprehension . (_) . (for_in_clause right: (_) @outside))
(dictionary_comprehension . (_) . (for_in_clause right: (_) @outside))
(generator_expression . (_) . (for_in_clause right: (_) @outside))

; Definitions.
(parameters (identifier) @variable)
(lambda_parameters (identifier) @variable)
(default_parameter name: (identifier) @variable)
(typed_parameter (identifier) @variable)
(typed_default_parameter name: (identifier) @variable)
(list_splat_pattern (identifier) @variable)
(dictionary_splat_pattern (identifier) @variable)
(assignment left: (identifier) @variable)
(augmented_assignment left: (identifier) @variable)
(named_expression name: (identifier) @carried)
(pattern_list (identifier) @variable)
(tuple_pattern (identifier) @variable)
(list_pattern (identifier) @variable)
(for_statement left: (identifier) @variable)
(for_in_clause left: (identifier) @variable)
(as_pattern_target (identifier) @variable)
(as_pattern (case_pattern) (identifier) @variable)
(case_pattern (dotted_name . (identifier) @variable .))
(splat_pattern (identifier) @variable)
(keyword_pattern (identifier) (dotted_name . (identifier) @variable .))
(function_definition name: (identifier) @function)
(class_definition name: (identifier) @kept.function)
(aliased_import alias: (identifier) @kept)
(import_statement (dotted_name . (identifier) @kept))
(import_from_statement name: (dotted_name (identifier) @kept))
(global_statement (identifier) @outer)
(nonlocal_statement (identifier) @outer)

; Uses, and identifiers that are none.
(identifier) @reference
(attribute attribute: (identifier) @member)
(keyword_argument name: (identifier) @opaque)
(keyword_pattern . (identifier) @member)
(class_pattern (dotted_name (identifier) @member))
(import_from_statement module_name: (_ (identifier) @member))
(aliased_import name: (dotted_name (identifier) @member))
(type (string) @opaque)
((assignment left: (identifier) @_all right: (_) @opaque) (#eq? @_all "__all__"))

((call function: (identifier) @reflection)
  (#any-of? @reflection "eval" "exec" "locals" "globals" "vars" "dir"
    "getattr" "setattr" "hasattr" "delattr"))
; `f"{name=}"` prints the name itself.
(interpolation expression: (_) @opaque "=")
(string) @string
