package words

import (
	"maps"
	"slices"
	"strings"
	"time"

	"latchkey/accounts/core"
	"latchkey/i18n"
)

// details lists the details of an audit event, by key.
func details(p Printer, stored map[string]string) string {
	parts := make([]string, 0, len(stored))
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		key, value := core.DetailKey(name), stored[name]
		foreign := key == core.DetailFrom && !p.Reader.IsSuperAdmin() // it names another organization
		if !foreign && (key != core.DetailSessions || value != "0") {
			parts = append(parts, p.T("detail."+i18n.Msg(name))+": "+detailValue(p, key, value))
		}
	}
	return strings.Join(parts, ", ")
}

// detailValue translates values that are neither names nor numbers.
func detailValue(p Printer, key core.DetailKey, value string) string {
	switch key {
	case core.DetailReason:
		return p.T("reason." + i18n.Msg(value))
	case core.DetailTemplate:
		return p.T("template." + i18n.Msg(value))
	case core.DetailKind:
		return p.T("kind." + i18n.Msg(value))
	case core.DetailLocale:
		return Language(p, value)
	case core.DetailPassword, core.DetailOneTime, core.DetailTechnical, core.DetailOpens, core.DetailBrowser, core.DetailChanged:
		return p.T("value." + i18n.Msg(value))
	case core.DetailDescribed:
		var names []string
		for name := range strings.FieldsSeq(value) {
			names = append(names, p.T("described."+i18n.Msg(name)))
		}
		return strings.Join(names, ", ")
	case core.DetailUntil:
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return p.Day(at)
		}
	}
	return Isolate(value)
}
