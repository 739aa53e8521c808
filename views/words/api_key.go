package words

import (
	"strings"

	"latchkey/models"
)

// KeyRights says what an API key can be used for, and from where.
func KeyRights(p Printer, key models.APIKey) string {
	parts := []string{p.T("Only reads")}
	if key.CanWrite {
		parts[0] = p.T("Reads and writes")
	}
	if key.CanVerify {
		parts = append(parts, p.T("checks passwords"))
	}
	if key.Direct {
		parts = append(parts, p.T("works without a token"))
	}
	if key.Networks != "" {
		parts = append(parts, p.T("from {{.Networks}}", "Networks", Isolate(strings.ReplaceAll(key.Networks, " ", ", "))))
	}
	return strings.Join(parts, " · ")
}

// List joins names.
func List(_ Printer, names []string) string {
	isolated := make([]string, len(names))
	for i, name := range names {
		isolated[i] = Isolate(name)
	}
	return strings.Join(isolated, ", ")
}
