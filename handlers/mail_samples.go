package handlers

import (
	"strconv"

	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
)

// Mails gives pages access to the mail templates in use, including the operator's own.
type Mails struct {
	// Samples renders all mails in every state in a language, grouped by template.
	Samples func(locale string) ([]SampleMail, error)
	// Files returns the template files of a mail in a language.
	Files func(locale, template string) []views.TemplateFile
}

// SampleMail is a mail with sample data. Each sample of a template has a different text.
type SampleMail struct {
	Template, State     string // in words: "template." and "sample."
	Data                models.MailData
	Subject, Text, HTML string
	Headers             []views.Header // without the recipient

	locale string
	number int // among those of its template and language, from 1 on
}

// slug returns the name of the sample's golden file: en-aom-accountBlacklisted-2.
func (s SampleMail) slug() string { return s.locale + "-" + s.Template + "-" + strconv.Itoa(s.number) }

// label returns the state in words.
func (s SampleMail) label(words i18n.Words) string {
	state := words.T("sample." + i18n.Msg(s.State))
	if s.Data.Technical {
		return words.T("{{.State}}, technical account", "State", state)
	}
	return state
}

// mailSamples returns all mails in a language.
func (s *App) mailSamples(locale string) ([]SampleMail, error) {
	all, err := s.Mails.Samples(locale)
	count := map[string]int{}
	for i, sample := range all {
		count[sample.Template]++
		all[i].locale, all[i].number = locale, count[sample.Template]
	}
	return all, err
}

// templateSamples returns the samples of a template.
func (s *App) templateSamples(template, locale string) (some []SampleMail, err error) {
	all, err := s.mailSamples(locale)
	for _, sample := range all {
		if sample.Template == template {
			some = append(some, sample)
		}
	}
	return some, err
}
