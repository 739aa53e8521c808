package words

import (
	"strings"
	"time"

	"latchkey/accounts/core"
	"latchkey/i18n"
	"latchkey/password"
)

// Error explains an error to a reader of a page. Texts among its parameters are isolated.
func Error(p Printer, wrong core.FieldError) string {
	id := "error." + i18n.Msg(wrong.Code)
	var args []any
	for name, value := range wrong.Params {
		switch typed := value.(type) {
		case string:
			value = Isolate(typed)
		case time.Time:
			value = p.Day(typed)
		case password.Texts:
			value = typed.In(p.Locale)
		}
		args = append(args, name, value)
	}
	if limit, ok := wrong.Params["limit"].(int); ok {
		return p.Count(id, limit, args...)
	}
	return p.T(id, args...)
}

// PlainError explains an error without isolation marks, for the command line.
func PlainError(p Printer, wrong core.FieldError) string {
	return strings.Map(withoutMarks, Error(p, wrong))
}
