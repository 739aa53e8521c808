package main

import (
	"fmt"
	"sync"
	"time"

	"latchkey/handlers"
	"latchkey/mailer"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/samples"
)

// logTemplates logs how many mail templates are the operator's, and warns of a directory without any.
func (a *app) logTemplates() {
	own, directory := a.mailer.OwnFiles(), a.config.EmailTemplates
	switch {
	case len(own) > 0:
		a.log.Info("own mail templates are in use", "files", len(own), "directory", directory)
	case directory != "":
		a.log.Warn("the directory of own mail templates has none, so all are built-in", "directory", directory)
	}
}

// sampleMails gives access to the templates in use, including the operator's.
func (a *app) sampleMails() handlers.Mails {
	branded := sync.OnceValues(func() (*mailer.Mailer, error) {
		o := mailOptions(a.config)
		o.Brand = samples.Brand
		return mailer.New(o)
	})
	return handlers.Mails{
		Samples: func(locale string) ([]handlers.SampleMail, error) { return samplesIn(a.mailer, locale) },
		Branded: func(locale string) ([]handlers.SampleMail, error) {
			mails, err := branded()
			if err != nil {
				return nil, err
			}
			return samplesIn(mails, locale)
		},
		Files: a.templateFiles,
	}
}

func samplesIn(mails *mailer.Mailer, locale string) (all []handlers.SampleMail, err error) {
	for _, template := range models.MailTemplates() {
		for _, sample := range mailer.Samples(template, time.Now()) {
			sample.Mail.Locale = locale
			words, err := mails.Render(sample.Mail, "")
			if err != nil {
				return nil, fmt.Errorf("the sample of a mail: %w", err)
			}
			headers, err := mails.Headers(sample.Mail, words)
			if err != nil {
				return nil, fmt.Errorf("the sample of a mail: %w", err)
			}
			written := handlers.SampleMail{
				Template: template, State: sample.State, Data: sample.Mail.Data, Subject: words.Subject, Text: words.Text, HTML: words.HTML,
			}
			for _, header := range headers {
				written.Headers = append(written.Headers, views.Header(header))
			}
			all = append(all, written)
		}
	}
	return all, nil
}

func (a *app) templateFiles(locale, template string) (files []views.TemplateFile) {
	for _, file := range a.mailer.Files(locale, template) {
		files = append(files, views.TemplateFile(file))
	}
	return files
}
