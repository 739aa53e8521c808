package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"latchkey/accounts/identifier"
	"latchkey/config"
	"latchkey/i18n"
	"latchkey/mailer"
	"latchkey/models"
)

func mailCommand(out *env) *cobra.Command {
	command := &cobra.Command{Use: "mail", Short: "show the mails that the program would send, or try the mail server"}
	command.AddCommand(mailPreviewCommand(out), mailTestCommand(out))
	return command
}

func mailPreviewCommand(out *env) *cobra.Command {
	var locale, part string
	var state int
	command := &cobra.Command{
		Use:   "preview NAME",
		Short: "print a mail with invented data, written with the templates in use",
		Long:  "The mails are " + strings.Join(models.MailTemplates(), ", ") + ".",
		Args:  cobra.ExactArgs(1),
		RunE: out.withSettings(func(ctx context.Context, cfg config.Config, args []string) error {
			mails, err := newMailer(ctx, cfg)
			if err != nil {
				return err
			}
			if part != "text" && part != "html" {
				return fmt.Errorf("--part: %q is neither text nor html", part)
			}
			mail, err := sampleMail(args[0], locale, state)
			if err != nil {
				return err
			}
			words, err := mails.Render(mail, "")
			if err != nil {
				return err
			}
			if part == "html" {
				_, err = fmt.Fprint(out.stdout, words.HTML)
				return err
			}
			_, err = fmt.Fprintf(out.stdout, "Subject: %s\n\n%s", words.Subject, words.Text)
			return err
		}),
	}
	addLocaleFlag(command, &locale)
	command.Flags().StringVar(&part, "part", "text", "text (with the subject) or html")
	command.Flags().IntVar(&state, "state", 1, "which of the states in which the mail reads differently, from 1 on")
	return command
}

func mailTestCommand(out *env) *cobra.Command {
	var locale, template, recipient string
	command := &cobra.Command{
		Use:   "test --to ADDRESS",
		Short: "send one mail with invented data over the mail server now, and print its answer; no database is needed",
		Args:  cobra.NoArgs,
		RunE: out.withSettings(func(ctx context.Context, cfg config.Config, _ []string) error {
			mails, err := newMailer(ctx, cfg)
			if err != nil {
				return err
			}
			if mails.Captures() {
				return errors.New("there is no mail server: name it by --smtp, LATCHKEY_SMTP or LATCHKEY_SMTP_FILE")
			}
			mail, err := sampleMail(template, locale, 1)
			if err != nil {
				return err
			}
			to, err := identifier.ParseEmail(recipient)
			if err != nil {
				return fmt.Errorf("--to: %q is not one address, such as ada@example.com", recipient)
			}
			mail.Data.Test, mail.Recipient = true, to.Wire
			mail.MessageID = "<" + models.NewIDs(time.Now, nil).New() + "@" + mailer.IDHost(cfg.BaseURL) + ">"
			answer, err := sendNow(ctx, mails, mail)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(out.stdout, "The mail server has taken the mail to %s: %s\n", mail.Recipient, answer)
			return err
		}),
	}
	addLocaleFlag(command, &locale)
	command.Flags().StringVar(&template, "template", models.MailReminder, "the name of a mail")
	command.Flags().StringVar(&recipient, "to", "", "the address that it goes to")
	_ = command.MarkFlagRequired("to") // which exists
	return command
}

func addLocaleFlag(command *cobra.Command, locale *string) {
	command.Flags().StringVar(locale, "locale", i18n.Locales[0], "language: "+strings.Join(i18n.Locales, " or "))
}

// sampleMail returns a mail with sample data; its states are counted from 1.
func sampleMail(template, locale string, state int) (models.Mail, error) {
	all := mailer.Samples(template, time.Now())
	switch {
	case len(all) == 0:
		return models.Mail{}, fmt.Errorf("there is no mail %q; there are %s", template, strings.Join(models.MailTemplates(), ", "))
	case !slices.Contains(i18n.Locales, locale):
		return models.Mail{}, fmt.Errorf("--locale: there is no language %q; there are %s", locale, strings.Join(i18n.Locales, ", "))
	case state < 1 || state > len(all):
		return models.Mail{}, fmt.Errorf("--state: %d is not from 1 to %d", state, len(all))
	}
	mail := all[state-1].Mail
	mail.Locale = locale
	return mail, nil
}

// sendNow sends one mail over its own connection. The error contains the failed step and the server's answer.
func sendNow(ctx context.Context, mails *mailer.Mailer, mail models.Mail) (answer string, err error) {
	words, err := mails.Render(mail, "")
	if err != nil {
		return "", err
	}
	connection, err := mails.Open(ctx)
	if err != nil {
		return "", err
	}
	defer connection.Close()
	return connection.Send(ctx, mail, words)
}
