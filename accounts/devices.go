package accounts

import (
	"context"
	"errors"
	"slices"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// Device cookies tell the browsers that an account has been signed in from before apart from strangers, so that strangers
// who guess shut out strangers and not the owner (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). A browser
// holds one random token for each account; the table keeps the hashes.

// DeviceLife is how long a browser is known after it signed in with nothing known of it.
const DeviceLife = 365 * 24 * time.Hour

// mostDevices is how many browsers an account keeps; those that it was used from least lately are forgotten first.
const mostDevices = 20

// knownBy finds the account's device that one of the tokens is of; the zero device stands for none.
func knownBy(tx *models.Tx, accountID string, tokenHashes []string, now time.Time) (models.Device, error) {
	if len(tokenHashes) == 0 {
		return models.Device{}, nil
	}
	device, err := tx.DeviceByToken(accountID, tokenHashes, now)
	if errors.Is(err, models.ErrNotFound) {
		return models.Device{}, nil
	}
	return device, err
}

// deviceHashes are the hashes of the tokens that the actor's browser holds; none where device cookies are off.
func (s *Service) deviceHashes(actor core.Actor) (hashes []string) {
	if !s.settings.DeviceCookies {
		return nil
	}
	for _, token := range actor.Devices {
		hashes = append(hashes, core.HashToken(token))
	}
	return hashes
}

// renewDevice is the age at which a browser is made known anew, so that one which is used does not become a stranger.
const renewDevice = DeviceLife / 2

// introduce makes a browser known to the account, and returns the token that it is to hold: the one that it has, or a new
// one; "" where device cookies are off.
func (s *Service) introduce(tx *models.Tx, account models.Account, actor core.Actor) (token string, err error) {
	if !s.settings.DeviceCookies {
		return "", nil
	}
	hashes := s.deviceHashes(actor)
	device, err := knownBy(tx, account.ID, hashes, s.core.Now())
	if err != nil {
		return "", err
	}
	now := s.core.Now()
	if device.ID != "" && now.Sub(device.CreatedAt) < renewDevice {
		return actor.Devices[slices.Index(hashes, device.TokenHash)], nil
	}
	token, hash := s.core.Token()
	err = tx.CreateDevice(models.Device{
		ID: s.core.NewID(), TokenHash: hash, AccountID: account.ID, CreatedAt: now, LastUsedAt: now, EndsAt: now.Add(DeviceLife),
	})
	if err != nil {
		return "", err
	}
	return token, tx.KeepDevices(account.ID, mostDevices)
}

// replaceDevices makes all of the account's browsers untrusted but the actor's, if that is trusted or is to be: it gets a new
// token, since the present one may have been copied. It returns that token; "" = the browser is not trusted.
func (s *Service) replaceDevices(tx *models.Tx, account models.Account, actor core.Actor, trust bool) (token string, err error) {
	present, err := knownBy(tx, account.ID, s.deviceHashes(actor), s.core.Now())
	if err != nil {
		return "", err
	}
	if _, err := tx.RevokeDevices(account.ID); err != nil || present.ID == "" && !trust {
		return "", err
	}
	return s.introduce(tx, account, core.Actor{})
}

// KnownDevices are how many browsers an account trusts, and whether they have used up the attempts that they share.
type KnownDevices struct {
	Known  int
	UsedUp bool
}

// Devices counts the browsers that the account, which the actor may see, trusts.
func (s *Service) Devices(ctx context.Context, account models.Account) (KnownDevices, error) {
	return s.countDevices(s.core.DB.Read(ctx), account)
}

func (s *Service) countDevices(tx *models.Tx, account models.Account) (count KnownDevices, err error) {
	if !s.settings.DeviceCookies {
		return count, nil
	}
	devices, err := tx.Devices(account.ID, s.core.Now(), mostDevices)
	count.Known = len(devices)
	count.UsedUp = count.Known > 0 && s.limits(account).usedUp(account)
	return count, err
}
