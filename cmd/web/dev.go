package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"latchkey/handlers"
	"latchkey/mailer"
	"latchkey/models"
)

const devFlag = "dev"

// addDevFlag is a flag and no setting: nobody should have the development pages by what stands in a file.
func addDevFlag(cmd *cobra.Command) {
	cmd.Flags().Bool(devFlag, false, "serve samples of all pages and mails under /dev/pages, for everybody")
}

func isDev(cmd *cobra.Command) bool {
	dev, err := cmd.Flags().GetBool(devFlag)
	return err == nil && dev // commands that do not serve have no such flag
}

// development is what the development pages need; nil = there are none.
func (a *app) development() *handlers.Dev {
	if !a.dev {
		return nil
	}
	return &handlers.Dev{Mails: a.sampleMails}
}

// sampleMails are written with the templates in use, an operator's own included.
func (a *app) sampleMails(locale string) (all []handlers.DevMail, err error) {
	for _, template := range models.MailTemplates() {
		for _, sample := range mailer.Samples(template, time.Now()) {
			sample.Mail.Locale = locale
			words, err := a.mailer.Render(sample.Mail)
			if err != nil {
				return nil, fmt.Errorf("the sample of a mail: %w", err)
			}
			all = append(all, handlers.DevMail{
				Template: template, State: sample.State, Subject: words.Subject, Text: words.Text, HTML: words.HTML,
			})
		}
	}
	return all, nil
}
