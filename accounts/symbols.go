package accounts

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"

	"latchkey/accounts/core"
	"latchkey/password"
)

// symbolProblem names the symbol that a text is refused for.
func symbolProblem(field string, refused password.Refused) core.FieldError {
	return core.FieldError{Field: field, Message: "symbol." + string(refused.Kind), Args: []any{"Symbol", refused.Text, "Code", refused.Code}}
}

// symbolRefused says why the symbol at that byte of a name is refused; message is for those that can be seen.
func symbolRefused(name string, at int, message string) *core.ValidationError {
	refused := password.NewRefused(name, at)
	problem := symbolProblem("name", refused)
	if refused.Kind == password.SymbolOther {
		problem.Message = message
	}
	return &core.ValidationError{Fields: []core.FieldError{problem}}
}

// lookAlikeRefused names the symbol for which PRECIS refuses a name of letters and digits.
func lookAlikeRefused(name string) *core.ValidationError {
	at := strings.IndexFunc(name, func(r rune) bool {
		_, err := precis.UsernameCaseMapped.String(string(r))
		return err != nil
	})
	if at < 0 { // it is refused for what stands beside it, such as letters of the other direction
		return core.Invalid("name", "This name has symbols that are easily confused with others, such as ligatures. Use plain letters and digits.")
	}
	return symbolRefused(name, at, "{{.Symbol}} ({{.Code}}) is not allowed in names, because it is easily confused with other letters. Use plain letters and digits.")
}

// emailRefused names what cannot be seen in an address, since the message about the rest of it would be no help.
func emailRefused(typed, message string) *core.ValidationError {
	for at, r := range typed {
		if r == utf8.RuneError {
			break
		}
		if refused := password.NewRefused(typed, at); refused.Kind != password.SymbolOther {
			return &core.ValidationError{Fields: []core.FieldError{symbolProblem("email", refused)}}
		}
	}
	return core.Invalid("email", message)
}
