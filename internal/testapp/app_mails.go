package testapp

import (
	"latchkey/handlers"
	"latchkey/models"
	"latchkey/views"
)

// sampleMails replaces the mailer's: each mail in two states, with one file of the operator.
func sampleMails() handlers.Mails {
	samples := func(locale string) (all []handlers.SampleMail, err error) {
		for _, template := range models.MailTemplates() {
			for _, state := range []string{"soon", "over"} {
				all = append(all, handlers.SampleMail{
					Template: template, State: state, Data: models.MailData{Attempts: 7, Technical: state == "over"},
					Subject: state + " mail in " + locale, Text: "<plain>\n", HTML: "<p>" + template + " " + state + "</p>",
					Headers: []views.Header{{Name: "IP address", Value: "Latchkey <latchkey@example.com>"}, {Name: "Auto-Submitted", Value: "auto-generated"}},
				})
			}
		}
		return all, nil
	}
	return handlers.Mails{Samples: samples, Branded: samples, Files: func(locale, template string) []views.TemplateFile {
		return []views.TemplateFile{{Name: locale + "/" + template + ".txt"}, {Name: "layout.html", Own: "/etc/latchkey/mails/layout.html"}}
	}}
}
