package core

import "latchkey/password"

// SymbolProblem is the error of a field for a symbol that is not allowed in it.
func SymbolProblem(field string, refused password.Refused) FieldError {
	return FieldError{Field: field, Message: "symbol." + string(refused.Kind), Args: []any{"Symbol", refused.Text, "Code", refused.Code}}
}
