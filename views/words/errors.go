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

// TooMany says that too many attempts failed, and how long to wait.
func TooMany(p Printer, wait time.Duration) string {
	when := p.N("in {{.N}} second", "in {{.N}} seconds", max(1, int((wait+time.Second-1)/time.Second)))
	if wait > 2*time.Minute {
		when = p.Relative(p.Now.Add(wait))
	}
	return p.T("Too many attempts from your network failed. Nothing was changed; try again {{.When}}.", "When", when)
}

// PlainError explains an error without isolation marks, for the command line.
func PlainError(p Printer, wrong core.FieldError) string {
	return strings.Map(withoutMarks, Error(p, wrong))
}
