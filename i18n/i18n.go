// Package i18n contains all texts that people read: one catalogue per language, and the lookup.
//
// The id of a message is its English text, so that the source of a page is readable. If the text depends on a value of the program
// (a rule, a state, an action), the id is composed, such as `state.expired`, and en.yaml has the English text. Placeholders are
// written {{.Name}}. A test in package handlers finds all messages in the source, and checks that every language has them.
package i18n

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed *.yaml
var catalogues embed.FS

// Locales are the available languages. The first one is the fallback.
var Locales = []string{"en", "de"}

// Catalogue contains the texts of every language. It is safe for concurrent use.
type Catalogue struct {
	// Missing, if set before the first lookup, is called for every missing message or value of a placeholder; tests fail then.
	Missing func(locale, id string)

	bundle  *i18n.Bundle
	matcher language.Matcher
	words   map[string]Words
}

// Load returns the built-in catalogues.
func Load() (*Catalogue, error) {
	bundle, err := builtIn()
	if err != nil {
		return nil, err
	}
	c := &Catalogue{bundle: bundle, words: map[string]Words{}}
	tags := make([]language.Tag, len(Locales))
	for i, locale := range Locales {
		tags[i] = language.MustParse(locale)
		c.words[locale] = Words{locale, c, i18n.NewLocalizer(c.bundle, locale), message.NewPrinter(tags[i]), &memory{}}
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

// builtIn reads the catalogues once per process. They are read-only afterwards.
var builtIn = sync.OnceValues(func() (*i18n.Bundle, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	for _, locale := range Locales {
		if _, err := bundle.LoadMessageFileFS(catalogues, locale+".yaml"); err != nil {
			return nil, fmt.Errorf("reading the words of %s: %w", locale, err)
		}
	}
	return bundle, nil
})

// maxAcceptLanguage limits how many bytes of an Accept-Language header are read. Browsers send about fifty.
const maxAcceptLanguage = 256

// For returns the words of the account's language or, if it has none, of the language that the Accept-Language header prefers.
func (c *Catalogue) For(locale, acceptLanguage string) Words {
	if words, ok := c.words[locale]; ok {
		return words
	}
	if len(acceptLanguage) > maxAcceptLanguage {
		acceptLanguage = acceptLanguage[:maxAcceptLanguage]
		acceptLanguage = acceptLanguage[:max(0, strings.LastIndexByte(acceptLanguage, ','))]
	}
	preferred, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		preferred = nil
	}
	_, index, _ := c.matcher.Match(preferred...)
	return c.words[Locales[index]]
}

// Words contains the texts of one language.
type Words struct {
	Locale    string
	catalogue *Catalogue
	localizer *i18n.Localizer
	numbers   *message.Printer
	memory    *memory
}

// memory keeps texts that a page repeats, such as "3 days" in its rows: to find a text and fill it in takes 10 µs.
type memory struct {
	texts sync.Map // by remembered
	size  atomic.Int64
}

// remembered is a text without other values than the number n, which is 0 for [Words.T] and ofPattern for [Words.pattern].
type remembered struct {
	id string
	n  int
}

// The bounds of a memory, and the number of its patterns.
const (
	mostRemembered = 10_000
	highestN       = 1000
	ofPattern      = -1
)

// text returns a text, which find finds if it is not known.
func (m *memory) text(key remembered, find func() string) string {
	if known, ok := m.texts.Load(key); ok {
		text, _ := known.(string)
		return text
	}
	text := find()
	if m.size.Add(1) <= mostRemembered {
		m.texts.Store(key, text)
	}
	return text
}

// Msg is the id of a message: its English text, or a name such as "state.expired" whose English is in en.yaml. A test finds every
// constant of this type, and "prefix." + Msg(value), in the source.
type Msg string

// T returns the message with the id. Args are pairs of a placeholder's name and its value. Whole numbers are formatted by
// [Words.Number].
func (w Words) T(message Msg, args ...any) string {
	id := string(message)
	switch {
	case id == "":
		return ""
	case len(args) == 0:
		return w.remember(remembered{id: id}, func() string { return w.fill(id, nil) })
	default:
		return w.fill(id, args)
	}
}

// pattern returns a message with its placeholders in the form that [os.Expand] fills in. It is remembered: to fill in a message takes 10 µs, and a
// page shows a hundred dates and times.
func (w Words) pattern(message Msg, places ...string) string {
	return w.remember(remembered{string(message), ofPattern}, func() string {
		var args []any
		for _, place := range places {
			args = append(args, place, "${"+place+"}")
		}
		return w.fill(string(message), args)
	})
}

// remember returns a text from the memory, which find finds if it is not known. If missing messages are reported, each is looked up every time.
func (w Words) remember(key remembered, find func() string) string {
	if w.catalogue.Missing != nil {
		return find()
	}
	return w.memory.text(key, find)
}

func (w Words) fill(id string, args []any) string {
	text := w.localize(id, &i18n.LocalizeConfig{DefaultMessage: &i18n.Message{ID: id, Other: id}, TemplateData: w.data(args)})
	if text == id && w.Locale == Locales[0] && ofValue.MatchString(id) { // go-i18n takes the id for the English text
		w.misses(id)
	}
	return text
}

// N returns the plural form of a message for the number n, which also fills {{.N}}. English has two forms; the id is the second.
func (w Words) N(one, other string, n int, args ...any) string {
	fill := func() string {
		return w.localize(other, &i18n.LocalizeConfig{
			DefaultMessage: &i18n.Message{ID: other, One: one, Other: other},
			TemplateData:   w.data(append(args, "N", n)), PluralCount: n,
		})
	}
	if len(args) == 0 && 0 < n && n <= highestN {
		return w.remember(remembered{other, n}, fill)
	}
	return fill()
}

// Count returns the plural form of the catalogue's message with the id for the number n, which also fills {{.N}}.
func (w Words) Count(message Msg, n int, args ...any) string {
	id := string(message)
	return w.localize(id, &i18n.LocalizeConfig{MessageID: id, TemplateData: w.data(append(args, "N", n)), PluralCount: n})
}

// Number formats a whole number with the language's thousands separators.
func (w Words) Number(n int64) string { return w.numbers.Sprint(n) }

// ofValue matches the ids of messages that depend on a value of the program. They are not texts.
var ofValue = regexp.MustCompile(`^[a-z-]+(\.[A-Za-z0-9_-]+)+$`)

// strict reports a placeholder without a value as an error.
var strict = &template.TextParser{Option: "missingkey=error"}

// localize falls back to the English text, or else the id: a page with one wrong word is better than none.
func (w Words) localize(id string, config *i18n.LocalizeConfig) string {
	config.TemplateParser = strict
	text, err := w.localizer.Localize(config)
	if err != nil {
		w.misses(id)
	}
	if text == "" {
		return id
	}
	return text
}

func (w Words) misses(id string) {
	if w.catalogue.Missing != nil {
		w.catalogue.Missing(w.Locale, id)
	}
}

func (w Words) data(args []any) map[string]any {
	places := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		value := args[i+1]
		switch n := value.(type) {
		case int:
			value = w.Number(int64(n))
		case int64:
			value = w.Number(n)
		}
		places[fmt.Sprint(args[i])] = value
	}
	return places
}
