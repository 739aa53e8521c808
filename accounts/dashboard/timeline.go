package dashboard

import (
	"context"
	"slices"
	"strings"

	"latchkey/accounts/core"
	"latchkey/models"
)

// Timeline is the recent activity of an account, the newest first.
type Timeline struct {
	Events []models.AuditEvent
	Cut    []string // the ids of events before which there were more of their kind
	Mails  []models.Mail
}

// timelineLength is how many of the newest mails, of failed sign-ins and of other events a timeline has.
const timelineLength = 60

// Timeline reads the recent activity of an account that the actor may see. Refused requests changed nothing, and are in the audit log
// only.
func (s *Service) Timeline(ctx context.Context, actor core.Actor, account models.Account) (Timeline, error) {
	if !actor.Sees(account) {
		return Timeline{}, core.ErrNotFound
	}
	read := s.core.DB.Read(ctx)
	filter := models.AuditFilter{SubjectID: account.ID, OrganizationID: actor.Scope()}
	others := filter
	others.WithoutRefusals = true
	timeline, err := newestEvents(read, filter, others)
	if err != nil {
		return timeline, err
	}
	actor.HideOthers(timeline.Events)
	timeline.Mails, err = mailsSince(read, filter, timeline)
	return timeline, err
}

// OwnSignIns returns the newest sign-ins at the actor's own account, failed ones included, and what happened to its emergency codes.
func (s *Service) OwnSignIns(ctx context.Context, actor core.Actor) (Timeline, error) {
	own := models.AuditFilter{SubjectID: actor.ID}
	succeeded, halfway, emergency := own, own, own
	succeeded.Action, halfway.Action = core.ActionSignedIn, core.ActionPasswordAccepted
	emergency.Actions = core.EmergencyActions()
	return newestEvents(s.core.DB.Read(ctx), own, succeeded, halfway, emergency)
}

// newestEvents reads the newest events of the filters others, and separately the newest failed sign-ins: any client can cause those,
// and they must not displace other events.
func newestEvents(read *models.Tx, filter models.AuditFilter, others ...models.AuditFilter) (timeline Timeline, err error) {
	filter.Action = core.ActionSignInFailed
	for _, f := range append(others, filter) {
		f.Limit = timelineLength
		page, err := read.ListAudit(f)
		if err != nil {
			return timeline, err
		}
		timeline.add(page)
	}
	slices.SortFunc(timeline.Events, func(a, b models.AuditEvent) int { return strings.Compare(b.ID, a.ID) })
	return timeline, nil
}

// add merges a page of events into the timeline. It drops events that are older than the timeline's first cut, since other events of
// that time are missing.
func (t *Timeline) add(page models.Page[models.AuditEvent]) {
	oldest := ""
	if len(t.Cut) > 0 {
		oldest = t.Cut[0]
	}
	rows := slices.DeleteFunc(page.Rows, func(event models.AuditEvent) bool { return event.ID < oldest })
	t.Events = append(t.Events, rows...)
	if len(rows) > 0 && (page.More || len(rows) < len(page.Rows)) {
		t.Cut = append(t.Cut, rows[len(rows)-1].ID)
	}
}

// mailsSince reads an account's newest mails, as far back as its events go. An organization does not see mails from before a customer
// was moved to it.
func mailsSince(read *models.Tx, filter models.AuditFilter, timeline Timeline) ([]models.Mail, error) {
	since := ""
	if len(timeline.Cut) > 0 {
		since = timeline.Events[len(timeline.Events)-1].ID
	}
	if filter.OrganizationID != "" {
		filter.Action, filter.Limit = core.ActionMoved, 1
		moved, err := read.ListAudit(filter)
		if err != nil {
			return nil, err
		}
		for _, event := range moved.Rows {
			since = max(since, event.ID)
		}
	}
	page, err := read.ListMails(models.MailFilter{AccountID: filter.SubjectID, Limit: timelineLength})
	return slices.DeleteFunc(page.Rows, func(mail models.Mail) bool { return mail.ID < since }), err
}
