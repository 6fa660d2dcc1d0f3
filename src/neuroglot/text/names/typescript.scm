; What stands beside the names of `ecmascript.scm`, which are read first.
(function_signature) @scope
(method_signature) @scope
(abstract_method_signature) @scope
(function_type) @scope
(constructor_type) @scope
(call_signature) @scope
(construct_signature) @scope

(required_parameter pattern: (identifier) @variable)
(optional_parameter pattern: (identifier) @variable)
(required_parameter (accessibility_modifier) pattern: (identifier) @kept)
(optional_parameter (accessibility_modifier) pattern: (identifier) @kept)
(function_signature name: (identifier) @opaque)
(enum_declaration name: (identifier) @kept)
(internal_module name: (_) @opaque)
(nested_type_identifier (identifier) @member)
(index_signature name: (identifier) @member)
