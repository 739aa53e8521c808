package accounts

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/models"
)

// Audit reads one page of the log, narrowed to what the actor may see.
func (s *Service) Audit(ctx context.Context, actor core.Actor, f models.AuditFilter) (models.Page[models.AuditEvent], error) {
	if !actor.MayOperate() {
		return models.Page[models.AuditEvent]{}, core.ErrForbidden
	}
	f.OrganizationID = actor.Scope()
	page, err := s.core.DB.Read(ctx).ListAudit(f)
	actor.HideAddresses(page.Rows)
	return page, err
}
