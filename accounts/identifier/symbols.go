package identifier

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"

	"latchkey/accounts/core"
	"latchkey/password"
)

// symbolRefused returns the error for the symbol at a byte of a name. Code is for visible symbols.
func symbolRefused(name string, at int, code core.Code) *core.ValidationError {
	refused := password.NewRefused(name, at)
	if refused.Kind != password.SymbolOther {
		return core.InvalidSymbol("name", refused)
	}
	return core.InvalidWith("name", code, core.Params{"symbol": refused.Text, "code": refused.Code})
}

// lookAlikeRefused returns the error for the first symbol that PRECIS refuses in a name of letters and digits.
func lookAlikeRefused(name string) *core.ValidationError {
	at := strings.IndexFunc(name, func(r rune) bool {
		_, err := precis.UsernameCaseMapped.String(string(r))
		return err != nil
	})
	if at < 0 { // it is refused for its neighbours, such as letters of the other direction
		return core.Invalid("name", errNameConfusable)
	}
	return symbolRefused(name, at, errNameLookAlike)
}

// emailRefused returns the error for the first invisible symbol of an address, or code if there is none.
func emailRefused(typed string, code core.Code) *core.ValidationError {
	for at, r := range typed {
		if r == utf8.RuneError {
			break
		}
		if refused := password.NewRefused(typed, at); refused.Kind != password.SymbolOther {
			return core.InvalidSymbol("email", refused)
		}
	}
	return core.Invalid("email", code)
}
