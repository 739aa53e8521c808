package handlers

import (
	"strconv"

	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
)

// Mails gives pages access to the mail templates in use, including the operator's own.
type Mails struct {
	// Samples renders all mails in every state in the language, those of a template together.
	Samples func(locale string) ([]SampleMail, error)
	// Files are those that a mail is made of in a language.
	Files func(locale, template string) []views.TemplateFile
}

// SampleMail is a mail in a state in which it reads differently from others of its template.
type SampleMail struct {
	Template, State     string // in words: "template." and "sample."
	Data                models.MailData
	Subject, Text, HTML string
	Headers             []views.Header // that say nothing of whom it is for

	locale string
	number int // among those of its template and language, from 1 on
}

// slug names the sample as its golden file is named: en-aom-accountBlacklisted-2.
func (s SampleMail) slug() string { return s.locale + "-" + s.Template + "-" + strconv.Itoa(s.number) }

// label is the state in words.
func (s SampleMail) label(words i18n.Words) string {
	state := words.T("sample." + i18n.Msg(s.State))
	if s.Data.Technical {
		return words.T("{{.State}}, technical account", "State", state)
	}
	return state
}

// mailSamples are all mails in a language.
func (s *App) mailSamples(locale string) ([]SampleMail, error) {
	all, err := s.Mails.Samples(locale)
	count := map[string]int{}
	for i, sample := range all {
		count[sample.Template]++
		all[i].locale, all[i].number = locale, count[sample.Template]
	}
	return all, err
}

// templateSamples are those of one template.
func (s *App) templateSamples(template, locale string) (some []SampleMail, err error) {
	all, err := s.mailSamples(locale)
	for _, sample := range all {
		if sample.Template == template {
			some = append(some, sample)
		}
	}
	return some, err
}
