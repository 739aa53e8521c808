package identifier

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"

	"latchkey/accounts/core"
	"latchkey/password"
)

// symbolRefused is the error for the symbol at a byte of a name. Message is for visible symbols.
func symbolRefused(name string, at int, message string) *core.ValidationError {
	refused := password.NewRefused(name, at)
	problem := core.SymbolProblem("name", refused)
	if refused.Kind == password.SymbolOther {
		problem.Message = message
	}
	return &core.ValidationError{Fields: []core.FieldError{problem}}
}

// lookAlikeRefused is the error for the first symbol that PRECIS refuses in a name of letters and digits.
func lookAlikeRefused(name string) *core.ValidationError {
	at := strings.IndexFunc(name, func(r rune) bool {
		_, err := precis.UsernameCaseMapped.String(string(r))
		return err != nil
	})
	if at < 0 { // it is refused for its neighbours, such as letters of the other direction
		return core.Invalid("name", "This name has symbols that are easily confused with others, such as ligatures. Use plain letters and digits.")
	}
	return symbolRefused(name, at, "{{.Symbol}} ({{.Code}}) is not allowed in names, because it is easily confused with other letters. Use plain letters and digits.")
}

// emailRefused is the error for the first invisible symbol of an address, or message if there is none.
func emailRefused(typed, message string) *core.ValidationError {
	for at, r := range typed {
		if r == utf8.RuneError {
			break
		}
		if refused := password.NewRefused(typed, at); refused.Kind != password.SymbolOther {
			return &core.ValidationError{Fields: []core.FieldError{core.SymbolProblem("email", refused)}}
		}
	}
	return core.Invalid("email", message)
}
