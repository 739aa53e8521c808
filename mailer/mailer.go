package mailer

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"latchkey/brand"
	"latchkey/i18n"
	"latchkey/internal/problem"
)

// Options configure a [Mailer].
type Options struct {
	Server       *Server       // nil: nothing is sent, mails are captured
	From         *mail.Address // in header and envelope
	ReplyTo      *mail.Address // nil: replies are not read
	BaseURL      string        // of all links, with or without a trailing slash
	Brand        brand.Brand
	Help         string // a contact line; "" = none
	Zone         *time.Location
	TemplatesDir string // the operator's own templates; "" = none
	Now          func() time.Time
}

// Mailer renders mails and sends them. It is safe for concurrent use.
type Mailer struct {
	Options
	words     *i18n.Catalogue
	templates map[templateKey]template
	logo      *Logo // nil = none
}

// New parses all templates and renders each with sample data: the error names file and line of every broken one. It also
// fails if the server, an address or the base URL is invalid.
func New(o Options) (*Mailer, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	words, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	o.BaseURL, o.Help = strings.TrimRight(o.BaseURL, "/"), cleanLine(o.Help)
	m := &Mailer{Options: o, words: words, logo: logoOf(o.Brand)}
	if err := m.loadTemplates(); err != nil {
		return nil, err
	}
	return m, m.checkTemplates()
}

func (o Options) check() error {
	if o.From == nil || o.Zone == nil || o.Now == nil {
		return errors.New("a mailer needs a sender, a time zone and a clock")
	}
	if err := problem.CheckAddress(o.From.Address); err != nil {
		return fmt.Errorf("the sender's address %w", err)
	}
	if o.ReplyTo != nil && problem.CheckAddress(o.ReplyTo.Address) != nil {
		return fmt.Errorf("the reply address %w", problem.CheckAddress(o.ReplyTo.Address))
	}
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return errors.New("the base URL of mails is not an http or https URL")
	}
	if o.Server == nil {
		return nil
	}
	return o.Server.check()
}

// Captures reports that there is no SMTP server: mails are rendered but not sent.
func (m *Mailer) Captures() bool { return m.Server == nil }
