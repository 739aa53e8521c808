// Package i18n holds all words that people read, by language: one catalogue a language, one lookup.
//
// A message's id is its English text, so that a page reads as it will look. Where the text depends on a value of the
// program (a rule, a state, an action), the id is made of both, such as `state.expired`, and en.yaml has the English.
// Places in a message are written {{.Name}}. That every language has every message is held by a test of package handlers,
// which finds what the program can say in its source.
package i18n

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed *.yaml
var catalogues embed.FS

// Locales are the languages that there are, the one to fall back to first.
var Locales = []string{"en", "de"}

// Catalogue gives words in every language. It is safe for concurrent use.
type Catalogue struct {
	// Missing, if set before the first lookup, is called for every missing message; tests fail then.
	Missing func(locale, id string)

	bundle  *i18n.Bundle
	matcher language.Matcher
	words   map[string]Words
}

// Load gives the catalogues that are built in.
func Load() (*Catalogue, error) {
	bundle, err := builtIn()
	if err != nil {
		return nil, err
	}
	c := &Catalogue{bundle: bundle, words: map[string]Words{}}
	tags := make([]language.Tag, len(Locales))
	for i, locale := range Locales {
		tags[i] = language.MustParse(locale)
		c.words[locale] = Words{locale, c, i18n.NewLocalizer(c.bundle, locale), message.NewPrinter(tags[i])}
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

// builtIn reads the catalogues once a process; nothing changes them after that.
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

// maxAcceptLanguage is how many bytes of an Accept-Language header are read; browsers send some fifty.
const maxAcceptLanguage = 256

// For gives the words of an account's language, or where it has none, of the first one that the browser's
// Accept-Language header likes.
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

// Words are the words of one language.
type Words struct {
	Locale    string
	catalogue *Catalogue
	localizer *i18n.Localizer
	numbers   *message.Printer
}

// Msg is the id of a message: its English text, or a name such as "state.expired" whose English is in en.yaml. A test finds every
// constant of this type, and "prefix." + Msg(value), in the source.
type Msg string

// T gives the message with the id. Args fill its places: a name, its value, and so on. Whole numbers among them are
// written as by [Words.Number].
func (w Words) T(message Msg, args ...any) string {
	id := string(message)
	if id == "" {
		return ""
	}
	text := w.localize(id, &i18n.LocalizeConfig{DefaultMessage: &i18n.Message{ID: id, Other: id}, TemplateData: w.data(args)})
	if text == id && w.Locale == Locales[0] && ofValue.MatchString(id) { // which go-i18n takes for its own English
		w.misses(id)
	}
	return text
}

// N gives the form of a message that goes with the number n, which is also its place {{.N}}. English has two forms; the
// id is the second.
func (w Words) N(one, other string, n int, args ...any) string {
	return w.localize(other, &i18n.LocalizeConfig{
		DefaultMessage: &i18n.Message{ID: other, One: one, Other: other},
		TemplateData:   w.data(append(args, "N", n)), PluralCount: n,
	})
}

// Count gives the catalogue's message with the id in the form that goes with the number n, its place {{.N}}.
func (w Words) Count(message Msg, n int, args ...any) string {
	id := string(message)
	return w.localize(id, &i18n.LocalizeConfig{MessageID: id, TemplateData: w.data(append(args, "N", n)), PluralCount: n})
}

// Number writes a whole number with the language's separators of thousands.
func (w Words) Number(n int64) string { return w.numbers.Sprint(n) }

// ofValue knows the ids of messages that depend on a value of the program; they are no words.
var ofValue = regexp.MustCompile(`^[a-z-]+(\.[A-Za-z0-9_-]+)+$`)

// localize shows the English, or else the id, where there is no message: a page with one odd word is better than none.
func (w Words) localize(id string, config *i18n.LocalizeConfig) string {
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
