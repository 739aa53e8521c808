package credential

import (
	"context"
	"errors"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/policy"
	"latchkey/models"
	"latchkey/password"
)

// Service checks, replaces and generates passwords. It is safe for concurrent use.
type Service struct {
	core *core.Core
	pool *Pool
}

// New makes a service.
func New(c *core.Core, pool *Pool) *Service { return &Service{c, pool} }

// Checked is a password that passed [Service.Check], ready to be stored.
type Checked struct {
	Rules *policy.Rules // by which it was checked

	hash     string
	replaces string // the id of the password that it replaces
}

// Check is the one check of every password that is set: the composition first, and the history, each of whose passwords costs a hash,
// only if the composition is right. With mustDiffer the current password is refused even if the history is off. It is called within
// [Pool.Do]. A password that is refused is a [core.ValidationError].
func (s *Service) Check(ctx context.Context, rules *policy.Rules, account models.Account, raw string, mustDiffer bool) (Checked, error) {
	normalized, err := s.CheckComposition(rules, account, raw)
	if err != nil {
		return Checked{}, err
	}
	if err := s.checkHistory(ctx, rules, account, normalized, mustDiffer); err != nil {
		return Checked{}, err
	}
	hash, err := s.pool.Hash(ctx, normalized)
	return Checked{rules, hash, account.PasswordID}, err
}

// CheckComposition normalizes a password, and returns every rule of composition that it breaks in a [core.ValidationError].
func (s *Service) CheckComposition(rules *policy.Rules, account models.Account, raw string) (string, error) {
	normalized, err := password.Normalize(raw)
	if err != nil {
		return "", Problem("password", err)
	}
	broken := rules.Policy(account).Check(account.Name, normalized)
	for _, violation := range broken {
		if violation.TimedOut {
			s.core.Log.Warn("allowedRegex took too long, which counts as not matching; simplify it", "rule", violation.Rule)
		}
	}
	if len(broken) > 0 {
		return "", Broken("password", broken...)
	}
	return normalized, nil
}

// checkHistory compares a password with the account's last ones, the current one included.
func (s *Service) checkHistory(ctx context.Context, rules *policy.Rules, account models.Account, normalized string, mustDiffer bool) error {
	last := rules.Policy(account).History()
	if mustDiffer {
		last = max(last, 1)
	}
	if last < 1 || account.PasswordID == "" {
		return nil
	}
	var hashes []string
	if account.PasswordHash != "" {
		hashes = append(hashes, account.PasswordHash)
	}
	former, err := s.core.DB.Read(ctx).FormerPasswords(account.ID, last-len(hashes))
	if err != nil {
		return err
	}
	for _, row := range former {
		hashes = append(hashes, row.Hash)
	}
	for _, hash := range hashes {
		same, _, err := s.pool.Verify(ctx, hash, normalized)
		if err != nil {
			return err
		}
		if same {
			return Broken("password", password.Violation{Rule: password.RuleForbiddenLastPasswords, Want: last})
		}
	}
	return nil
}

// Replace makes a checked password the account's current one, and keeps as much history as the policy needs. It ends a block, resets
// the counts of failures, and ends all links. If another password was set since the check, it returns [core.ErrPasswordMeanwhile], so that of parallel
// changes one wins. The caller saves the account.
func (s *Service) Replace(tx *models.Tx, account *models.Account, next Checked, from models.PasswordFrom, oneTime bool) error {
	if account.PasswordID != next.replaces {
		return core.ErrPasswordMeanwhile
	}
	now := s.core.Now()
	if err := s.keepFormer(tx, *account, now, next.Rules.Policy(*account).History()-1); err != nil {
		return err
	}
	account.PasswordID, account.PasswordHash, account.PasswordSetAt = s.core.NewID(), next.hash, &now
	account.PasswordFrom, account.OneTime, account.MustChange, account.ExpiryNotice = from, oneTime, false, models.NotNotified
	account.PolicyVersion, account.OwnChangeAt = next.Rules.RecordedVersion(), nil
	account.ResetFailures()
	account.DeviceFailures = 0
	if next.replaces == "" {
		return nil // a new account has no links
	}
	return EndLinks(tx, account.ID, now)
}

// keepFormer adds an account's password, if it has one, to its history of at most so many.
func (s *Service) keepFormer(tx *models.Tx, account models.Account, now time.Time, most int) error {
	if account.PasswordHash == "" || account.PasswordSetAt == nil {
		return nil
	}
	return tx.AddFormerPassword(models.FormerPassword{
		ID: s.core.NewID(), AccountID: account.ID, Hash: account.PasswordHash, SetAt: *account.PasswordSetAt, ReplacedAt: now,
	}, most)
}

// EndLinks ends all links of an account: those that set its password, and those that hand it over.
func EndLinks(tx *models.Tx, accountID string, now time.Time) error {
	return errors.Join(tx.RevokeLinks(accountID, now), tx.EndSecretLinks(accountID, now))
}

// Drop takes an account's password away, so that a link has to set another one, which must differ from it. It ends all links.
// The caller saves the account.
func (s *Service) Drop(tx *models.Tx, rules *policy.Rules, account *models.Account) error {
	now := s.core.Now()
	if err := s.keepFormer(tx, *account, now, max(rules.Policy(*account).History(), 1)); err != nil {
		return err
	}
	account.PasswordID, account.PasswordHash, account.PasswordSetAt, account.PasswordFrom = s.core.NewID(), "", nil, ""
	account.OneTime, account.MustChange, account.ExpiryNotice = false, false, models.NotNotified
	account.PolicyVersion, account.OwnChangeAt = nil, nil
	return EndLinks(tx, account.ID, now)
}

// CheckConfirmation returns an error of the field confirmation unless it has the same password, in the form in which they are hashed.
func CheckConfirmation(secret, confirmation string) error {
	first, err := password.Normalize(secret)
	second, errSecond := password.Normalize(confirmation)
	same := err == nil && errSecond == nil && first == second
	if !same && (err == nil || secret != confirmation) { // a password that cannot be normalized has an error of its own
		return core.Invalid("confirmation", errConfirmation)
	}
	return nil
}
