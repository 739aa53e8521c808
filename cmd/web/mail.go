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

// mailFlags select a mail, its language and state, and a part of it.
type mailFlags struct {
	template, locale, part, to string
	state                      int
}

func mailPreviewCommand(out *env) *cobra.Command {
	var flags mailFlags
	command := &cobra.Command{
		Use:   "preview NAME",
		Short: "print a mail with invented data, written with the templates in use",
		Long:  "The mails are " + strings.Join(models.MailTemplates(), ", ") + ".",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			flags.template = args[0]
			_, mails, err := out.mailer(cmd)
			if err != nil {
				return err
			}
			return out.preview(mails, flags)
		},
	}
	flags.addTo(command)
	command.Flags().StringVar(&flags.part, "part", "text", "text (with the subject) or html")
	command.Flags().IntVar(&flags.state, "state", 1, "which of the states in which the mail reads differently, from 1 on")
	return command
}

func mailTestCommand(out *env) *cobra.Command {
	flags := mailFlags{state: 1}
	command := &cobra.Command{
		Use:   "test --to ADDRESS",
		Short: "send one mail with invented data over the mail server now, and print its answer; no database is needed",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, mails, err := out.mailer(cmd)
			if err != nil {
				return err
			}
			return out.sendTest(cmd.Context(), cfg, mails, flags)
		},
	}
	flags.addTo(command)
	command.Flags().StringVar(&flags.template, "template", models.MailReminder, "the name of a mail")
	command.Flags().StringVar(&flags.to, "to", "", "the address that it goes to")
	_ = command.MarkFlagRequired("to") // which exists
	return command
}

func (f *mailFlags) addTo(command *cobra.Command) {
	command.Flags().StringVar(&f.locale, "locale", i18n.Locales[0], "language: "+strings.Join(i18n.Locales, " or "))
}

// mailer returns the mailer of the settings. It needs no database.
func (out *env) mailer(cmd *cobra.Command) (config.Config, *mailer.Mailer, error) {
	cfg, _, err := out.settings(cmd)
	if err != nil {
		return cfg, nil, err
	}
	mails, err := newMailer(cmd.Context(), cfg)
	return cfg, mails, err
}

// sample returns the mail that the flags select, with sample data.
func (f mailFlags) sample() (models.Mail, error) {
	all := mailer.Samples(f.template, time.Now())
	switch {
	case len(all) == 0:
		return models.Mail{}, fmt.Errorf("there is no mail %q; there are %s", f.template, strings.Join(models.MailTemplates(), ", "))
	case !slices.Contains(i18n.Locales, f.locale):
		return models.Mail{}, fmt.Errorf("--locale: there is no language %q; there are %s", f.locale, strings.Join(i18n.Locales, ", "))
	case f.state < 1 || f.state > len(all):
		return models.Mail{}, fmt.Errorf("--state: %d is not from 1 to %d", f.state, len(all))
	}
	mail := all[f.state-1].Mail
	mail.Locale = f.locale
	return mail, nil
}

func (out *env) preview(mails *mailer.Mailer, flags mailFlags) error {
	if flags.part != "text" && flags.part != "html" {
		return fmt.Errorf("--part: %q is neither text nor html", flags.part)
	}
	mail, err := flags.sample()
	if err != nil {
		return err
	}
	words, err := mails.Render(mail)
	if err != nil {
		return err
	}
	if flags.part == "html" {
		_, err = fmt.Fprint(out.stdout, words.HTML)
		return err
	}
	_, err = fmt.Fprintf(out.stdout, "Subject: %s\n\n%s", words.Subject, words.Text)
	return err
}

func (out *env) sendTest(ctx context.Context, cfg config.Config, mails *mailer.Mailer, flags mailFlags) error {
	if mails.Captures() {
		return errors.New("there is no mail server: name it by --smtp, LATCHKEY_SMTP or LATCHKEY_SMTP_FILE")
	}
	mail, err := flags.testMail(mailer.IDHost(cfg.BaseURL))
	if err != nil {
		return err
	}
	answer, err := sendNow(ctx, mails, mail)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out.stdout, "The mail server has taken the mail to %s: %s\n", mail.Recipient, answer)
	return err
}

// testMail returns the selected sample, addressed to the recipient in the flags.
func (f mailFlags) testMail(idHost string) (models.Mail, error) {
	mail, err := f.sample()
	if err != nil {
		return mail, err
	}
	to, err := identifier.ParseEmail(f.to)
	if err != nil {
		return mail, fmt.Errorf("--to: %q is not one address, such as ada@example.com", f.to)
	}
	mail.Data.Test, mail.Recipient = true, to.Wire
	mail.MessageID = "<" + models.NewIDs(time.Now, nil).New() + "@" + idHost + ">"
	return mail, nil
}

// sendNow sends one mail over its own connection. The error contains the failed step and the server's answer.
func sendNow(ctx context.Context, mails *mailer.Mailer, mail models.Mail) (answer string, err error) {
	words, err := mails.Render(mail)
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
