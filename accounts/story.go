package accounts

import (
	"context"
	"slices"
	"strings"

	"latchkey/accounts/core"
	"latchkey/models"
)

// Story is what a page tells about one account beside the account itself.
type Story struct {
	Past
	Sessions []models.Session
	Mails    []models.Mail
}

// Past are the newest events of an account, the newest first.
type Past struct {
	Events []models.AuditEvent
	Cut    []string // the ids of events before which there were more like them
}

// storyLength is how many of the newest mails, of the failed sign-ins and of the other events a page is told.
const storyLength = 60

// Story reads what happened to an account that the actor may see.
func (s *Service) Story(ctx context.Context, actor core.Actor, account models.Account) (story Story, err error) {
	if !actor.Sees(account) {
		return story, core.ErrNotFound
	}
	read := s.core.DB.Read(ctx)
	if story.Sessions, err = s.openSessions(read, account.ID); err != nil {
		return story, err
	}
	about := models.AuditFilter{SubjectID: account.ID, OrganizationID: actor.Scope()}
	but := about
	but.WithoutRefusals = true
	if story.Past, err = past(read, about, but); err != nil {
		return story, err
	}
	actor.HideAddresses(story.Events)
	story.Mails, err = mailsOf(read, about, story.Past)
	return story, err
}

// OwnSignIns are the newest sign-ins at the actor's own account, failed ones included.
func (s *Service) OwnSignIns(ctx context.Context, actor core.Actor) (Past, error) {
	own := models.AuditFilter{SubjectID: actor.ID}
	opened := own
	opened.Action = core.ActionSignedIn
	return past(s.core.DB.Read(ctx), own, opened)
}

// past reads the newest events that the second filter lets through, and beside them the newest failed sign-ins: strangers
// can make any number of those, and must not crowd out anything else by them. Refused acts changed nothing and are left to the
// audit log.
func past(read *models.Tx, about, others models.AuditFilter) (past Past, err error) {
	about.Action = core.ActionSignInFailed
	for _, f := range []models.AuditFilter{others, about} {
		f.Limit = storyLength
		page, err := read.ListAudit(f)
		if err != nil {
			return past, err
		}
		past.add(page)
	}
	slices.SortFunc(past.Events, func(a, b models.AuditEvent) int { return strings.Compare(b.ID, a.ID) })
	return past, nil
}

// add puts a page of events to those that there are. What is older than the last that was read of these is left out: it
// would stand there as if nothing lay between.
func (p *Past) add(page models.AuditPage) {
	floor := ""
	if len(p.Cut) > 0 {
		floor = p.Cut[0]
	}
	rows := slices.DeleteFunc(page.Rows, func(event models.AuditEvent) bool { return event.ID < floor })
	p.Events = append(p.Events, rows...)
	if len(rows) > 0 && (page.More || len(rows) < len(page.Rows)) {
		p.Cut = append(p.Cut, rows[len(rows)-1].ID)
	}
}

// mailsOf reads an account's newest mails, as far back as its events go. Who looks after a customer now does not read the
// mails of the time before.
func mailsOf(read *models.Tx, about models.AuditFilter, past Past) ([]models.Mail, error) {
	since := ""
	if len(past.Cut) > 0 {
		since = past.Events[len(past.Events)-1].ID
	}
	if about.OrganizationID != "" {
		about.Action, about.Limit = core.ActionMoved, 1
		moved, err := read.ListAudit(about)
		if err != nil {
			return nil, err
		}
		for _, event := range moved.Rows {
			since = max(since, event.ID)
		}
	}
	page, err := read.ListMails(models.MailFilter{AccountID: about.SubjectID, Limit: storyLength})
	return slices.DeleteFunc(page.Rows, func(mail models.Mail) bool { return mail.ID < since }), err
}
