; Scopes: a method sees only its own variables, a block those around it too.
(method) @scope.closed
(singleton_method) @scope.closed
(class) @object.closed
(module) @object.closed
(singleton_class) @object.closed
(block) @scope
(do_block) @scope
(lambda) @scope

; Definitions; a variable is one from its first assignment on.
(method_parameters (identifier) @local)
(lambda_parameters (identifier) @local)
(block_parameters (identifier) @local)
(destructured_parameter (identifier) @local)
(optional_parameter name: (identifier) @local)
(splat_parameter name: (identifier) @local)
(hash_splat_parameter name: (identifier) @local)
(block_parameter name: (identifier) @local)
(keyword_parameter name: (identifier) @kept)
(assignment left: (identifier) @local)
(operator_assignment left: (identifier) @local)
(left_assignment_list (identifier) @local)
(destructured_left_assignment (identifier) @local)
(rest_assignment (identifier) @local)
(for pattern: (identifier) @local)
(exception_variable (identifier) @local)
(array_pattern (identifier) @local)
(keyword_pattern value: (identifier) @local)
(method name: (identifier) @function)

; Uses, and identifiers that are none.
(identifier) @reference
(call !receiver method: (identifier) @call)
(call receiver: (_) method: (identifier) @member)
(singleton_method name: (identifier) @member)
(pair key: (hash_key_symbol) @opaque !value)
(keyword_pattern key: (hash_key_symbol) @opaque !value)
(simple_symbol) @opaque.function
(alias) @opaque
(undef) @opaque
(string_content) @opaque.function

((call method: (identifier) @reflection)
  (#any-of? @reflection "eval" "instance_eval" "class_eval" "local_variable_get"
    "local_variable_set" "local_variables" "binding"))
((identifier) @reflection (#any-of? @reflection "binding" "local_variables"))
(string) @string
