package accounts

import (
	"context"
	"slices"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
	"latchkey/names"
)

// Audit reads one page of the log, narrowed to what the actor may see. A search longer than [identifier.MaxTyped] is a
// [core.ValidationError].
func (s *Service) Audit(ctx context.Context, actor core.Actor, f models.AuditFilter) (page models.AuditPage, err error) {
	if !actor.MayOperate() {
		return page, core.ErrForbidden
	}
	if len(f.Search) > identifier.MaxTyped {
		return page, core.Invalid("q", core.ErrSearchTooLong)
	}
	f.Search = names.Search(identifier.Trim(f.Search))
	if scope := actor.Scope(); scope != "" {
		f.OrganizationID = scope
	}
	page, err = s.core.DB.Read(ctx).SearchAudit(f)
	actor.HideOthers(page.Rows)
	return page, err
}

// eventLag is how old events are when they are followed. The id of an event is older than its commit, so that without a lag one that is
// committed late would be passed over.
const eventLag = 5 * time.Second

// NewestEvent returns the place behind all events that can be followed by now.
func (s *Service) NewestEvent() string { return models.FirstID(s.core.Now().Add(-eventLag)) }

// EventsAfter returns events after one or a place, the oldest first, that the actor may see; with an organization only those that it may see.
// They are at least a few seconds old.
func (s *Service) EventsAfter(ctx context.Context, actor core.Actor, organizationID, after string, limit int) ([]models.AuditEvent, error) {
	if !actor.MayOperate() {
		return nil, core.ErrForbidden
	}
	if scope := actor.Scope(); scope != "" {
		organizationID = scope
	}
	page, err := s.core.DB.Read(ctx).ListAudit(models.AuditFilter{OrganizationID: organizationID, Before: after, Limit: limit})
	slices.Reverse(page.Rows)
	newest := s.NewestEvent()
	events := slices.DeleteFunc(page.Rows, func(e models.AuditEvent) bool { return e.ID >= newest })
	actor.HideOthers(events)
	return events, err
}

// AuditActors returns what can be meant by an id or a name in the log: each account that has or had the name, also deleted ones, and what
// acts without an account, such as the command line. An id means itself. That says nothing about whether there is such an account, since
// [Service.Audit] finds no event that the actor may not see. A text longer than [identifier.MaxTyped] means nothing.
func (s *Service) AuditActors(ctx context.Context, text string) ([]models.AuditActor, error) {
	text = identifier.Trim(text)
	switch {
	case models.IsID(text):
		return []models.AuditActor{{ID: text}}, nil
	case text == "" || len(text) > identifier.MaxTyped:
		return nil, nil
	}
	read := s.core.DB.Read(ctx)
	found, err := read.AuditNamed(text)
	if err != nil {
		return nil, err
	}
	// Until the texts of older events are known, at least the present names are.
	present, err := read.IdentifierOwner(names.Fold(text))
	if core.IgnoreNotFound(err) != nil {
		return nil, err
	}
	if present != "" && !slices.ContainsFunc(found, func(a models.AuditActor) bool { return a.ID == present }) {
		found = append(found, models.AuditActor{ID: present})
	}
	return found, nil
}
