package core

import "latchkey/password"

// InvalidSymbol returns a [ValidationError] of a field with a symbol that is not allowed in it.
func InvalidSymbol(field string, refused password.Refused) *ValidationError {
	return InvalidWith(field, Code("symbol."+refused.Kind), Params{"symbol": refused.Text, "code": refused.Code})
}
