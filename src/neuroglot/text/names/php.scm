; Scopes: a function sees only its own variables.
(function_definition) @scope.closed
(method_declaration) @scope.closed
(anonymous_function) @scope.closed
(arrow_function) @scope
(declaration_list) @object

; Definitions: a variable is there wherever it is named.
((variable_name (name) @variable)
  (#not-match? @variable "^(this|GLOBALS|_[A-Z]+|argc|argv|php_errormsg|http_response_header)$"))
(property_promotion_parameter name: (variable_name (name) @kept))
(function_definition name: (name) @function)
(method_declaration name: (name) @kept.function)
(global_declaration (variable_name (name) @outer))

; Uses, and names that are none.
(variable_name (name) @value)
(function_call_expression function: (name) @call)
(property_element name: (variable_name (name) @member))
(scoped_property_access_expression name: (variable_name (name) @member))
(member_access_expression name: (name) @member)
(member_call_expression name: (name) @member)
(scoped_call_expression name: (name) @member)
(qualified_name (name) @member)
(argument name: (name) @opaque)
(dynamic_variable_name) @opaque
(string_content) @opaque.function

((function_call_expression function: (name) @reflection)
  (#any-of? @reflection "compact" "extract" "eval" "get_defined_vars" "parse_str"))
((dynamic_variable_name (variable_name)) @reflection)
((variable_name) @reflection (#eq? @reflection "$GLOBALS"))
(string) @string
(encapsed_string) @string
