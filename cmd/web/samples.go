package main

import (
	"fmt"
	"time"

	"latchkey/handlers"
	"latchkey/mailer"
	"latchkey/models"
	"latchkey/views"
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
	return handlers.Mails{Samples: a.samplesIn, Files: a.templateFiles}
}

func (a *app) samplesIn(locale string) (all []handlers.SampleMail, err error) {
	for _, template := range models.MailTemplates() {
		for _, sample := range mailer.Samples(template, time.Now()) {
			sample.Mail.Locale = locale
			written, err := a.sampleMail(sample)
			if err != nil {
				return nil, fmt.Errorf("the sample of a mail: %w", err)
			}
			all = append(all, written)
		}
	}
	return all, nil
}

func (a *app) sampleMail(sample mailer.Sample) (written handlers.SampleMail, err error) {
	words, err := a.mailer.Render(sample.Mail)
	if err != nil {
		return written, err
	}
	headers, err := a.mailer.Headers(sample.Mail, words)
	written = handlers.SampleMail{
		Template: sample.Mail.Template, State: sample.State, Data: sample.Mail.Data,
		Subject: words.Subject, Text: words.Text, HTML: words.HTML,
	}
	for _, header := range headers {
		written.Headers = append(written.Headers, views.Header(header))
	}
	return written, err
}

func (a *app) templateFiles(locale, template string) (files []views.TemplateFile) {
	for _, file := range a.mailer.Files(locale, template) {
		files = append(files, views.TemplateFile(file))
	}
	return files
}
