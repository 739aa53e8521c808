package accounts

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/models"
)

// IssuePassword gives an account a new password from its operator. All sessions and trusted browsers of the account end.
// Submission is the id of the form, as with [NewAccount].
func (s *Service) IssuePassword(ctx context.Context, actor core.Actor, id string, issue Issue, submission string) (Issued, error) {
	if err := s.refuseRepeat(ctx, actor, submission); err != nil {
		return Issued{}, err
	}
	account, err := s.findToChange(ctx, actor, id)
	if err != nil {
		return Issued{}, err
	}
	rules := s.Policies.For(ctx)
	if err := s.checkIssue(rules, account, issue); err != nil {
		return Issued{}, err
	}
	issued, checked, err := s.preparePasswordQueued(ctx, rules, actor, account, issue)
	if err != nil {
		return Issued{}, err
	}
	err = s.core.Change(ctx, actor, id, func(tx *models.Tx, account *models.Account) error {
		err := s.issue(tx, actor, account, checked, issue, submission)
		issued.Account = *account
		return err
	})
	return issued, err
}

// findToChange reads an account that the actor may change, for what is judged before the transaction.
func (s *Service) findToChange(ctx context.Context, actor core.Actor, id string) (models.Account, error) {
	account, err := s.Find(ctx, actor, id)
	if err != nil {
		return account, err
	}
	return account, actor.MayChange(account)
}

func (s *Service) issue(
	tx *models.Tx, actor core.Actor, account *models.Account, checked credential.Checked, issue Issue, submission string,
) error {
	if err := s.markSubmitted(tx, submission, account.ID); err != nil {
		return err
	}
	if issue.OneTime && account.Technical {
		return core.ErrTechnicalOneTime
	}
	if err := s.Credentials.Replace(tx, account, checked, issue.OneTime); err != nil {
		return err
	}
	ended, err := tx.EndSessions(account.ID, "")
	if err != nil {
		return err
	}
	if _, err := tx.RevokeDevices(account.ID); err != nil {
		return err
	}
	details := []core.Detail{core.DetailPassword.Text(issue.origin()), core.DetailSessions.Count(ended)}
	if issue.OneTime {
		details = append(details, core.DetailOneTime.Flag(true))
	}
	return s.core.Audit(tx, actor, core.ActionPasswordIssued, *account, details...)
}
