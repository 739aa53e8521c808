package lockout

import (
	"errors"
	"slices"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// Device cookies mark the browsers that have signed in to an account, so that guessing blocks untrusted clients and not the owner
// (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). A browser holds one random token per account; the table keeps the
// hashes.

// DeviceLife is the usual time for which a browser is trusted.
const DeviceLife = 365 * 24 * time.Hour

// Trusted says which browsers are trusted now. A shorter life applies to all of them at once.
func (s *Service) Trusted() models.Trusted {
	now := s.core.Now()
	return models.Trusted{Now: now, Since: now.Add(-s.settings.DeviceLife)}
}

// MaxDevices is how many browsers an account trusts; beyond it, the least recently used ones are removed.
const MaxDevices = 20

// DeviceHashes returns the hashes of the actor's device tokens; none if device cookies are off.
func (s *Service) DeviceHashes(actor core.Actor) (hashes []string) {
	if !s.settings.DeviceCookies {
		return nil
	}
	for _, token := range actor.Devices {
		hashes = append(hashes, core.HashToken(token))
	}
	return hashes
}

// FindDevice finds the account's device with one of the tokens; the zero device is none.
func (s *Service) FindDevice(tx *models.Tx, accountID string, tokenHashes []string) (models.Device, error) {
	if len(tokenHashes) == 0 {
		return models.Device{}, nil
	}
	device, err := tx.DeviceByToken(accountID, tokenHashes, s.Trusted())
	if errors.Is(err, models.ErrNotFound) {
		return models.Device{}, nil
	}
	return device, err
}

// TrustsDevice reports whether the account trusts the browser with one of the tokens, and the trusted browsers have a limited
// number of attempts, of which some are left.
func (s *Service) TrustsDevice(tx *models.Tx, rules *policy.Rules, accountID string, tokenHashes []string) (bool, error) {
	device, err := s.FindDevice(tx, accountID, tokenHashes)
	if err != nil || device.ID == "" {
		return false, err
	}
	account, err := tx.Account(accountID)
	if errors.Is(err, models.ErrNotFound) { // deleted since
		return false, nil
	}
	budget := s.budget(rules, account)
	return err == nil && budget.trusted != unlimited && !budget.trustedUsedUp, err
}

// TrustDevice makes the account trust the actor's browser, and returns the token that it is to hold: the one that it has, or a new
// one; "" if device cookies are off. It also reports whether the browser is new to an account that trusts others.
func (s *Service) TrustDevice(tx *models.Tx, account models.Account, actor core.Actor) (token string, isNew bool, err error) {
	if !s.settings.DeviceCookies {
		return "", false, nil
	}
	hashes, now := s.DeviceHashes(actor), s.core.Now()
	device, err := s.FindDevice(tx, account.ID, hashes)
	if err != nil {
		return "", false, err
	}
	// At half its age, a trusted browser gets a new token, so that a browser in use does not become untrusted.
	if device.ID != "" && now.Sub(device.CreatedAt) < s.settings.DeviceLife/2 {
		return actor.Devices[slices.Index(hashes, device.TokenHash)], false, nil
	}
	if device.ID == "" {
		others, err := tx.Devices(account.ID, s.Trusted(), 1)
		if err != nil {
			return "", false, err
		}
		isNew = len(others) > 0
	}
	token, hash := s.core.Token()
	err = tx.CreateDevice(models.Device{
		ID: s.core.NewID(), TokenHash: hash, AccountID: account.ID, CreatedAt: now, LastUsedAt: now, EndsAt: now.Add(s.settings.DeviceLife),
	})
	if err != nil {
		return "", false, err
	}
	return token, isNew, tx.KeepDevices(account.ID, MaxDevices)
}

// TrustOnly ends the account's trust in all browsers but the actor's, if that is trusted or trust is set: it gets a new token, since
// the current one may have been copied. It returns that token; "" = the browser is not trusted.
func (s *Service) TrustOnly(tx *models.Tx, account models.Account, actor core.Actor, trust bool) (token string, err error) {
	present, err := s.FindDevice(tx, account.ID, s.DeviceHashes(actor))
	if err != nil {
		return "", err
	}
	if _, err := tx.RevokeDevices(account.ID); err != nil || present.ID == "" && !trust {
		return "", err
	}
	token, _, err = s.TrustDevice(tx, account, core.Actor{})
	return token, err
}

// SkipFactor does not ask the browser with the token for the second factor for as long as it is trusted; a browser without a token is
// always asked.
func (s *Service) SkipFactor(tx *models.Tx, account models.Account, token string) error {
	if token == "" {
		return nil
	}
	device, err := s.FindDevice(tx, account.ID, []string{core.HashToken(token)})
	if err != nil || device.ID == "" {
		return err
	}
	return tx.SkipFactor(device.ID, device.EndsAt)
}

// Devices are how many browsers an account trusts, and whether they have used up their attempts.
type Devices struct {
	Known  int
	UsedUp bool
}

// CountDevices counts the browsers that the account trusts.
func (s *Service) CountDevices(tx *models.Tx, rules *policy.Rules, account models.Account) (count Devices, err error) {
	if !s.settings.DeviceCookies {
		return count, nil
	}
	devices, err := tx.Devices(account.ID, s.Trusted(), MaxDevices)
	count.Known = len(devices)
	count.UsedUp = count.Known > 0 && s.budget(rules, account).trustedUsedUp
	return count, err
}
