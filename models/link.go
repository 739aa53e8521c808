package models

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// LinkPurpose is what a link in a mail is for.
type LinkPurpose string

// The purposes of links. The first four set a password.
const (
	LinkInvitation   LinkPurpose = "invitation"    // of a new account
	LinkReset        LinkPurpose = "reset"         // sent by an operator
	LinkForgotten    LinkPurpose = "forgotten"     // asked for on the page for forgotten passwords
	LinkAfterUndo    LinkPurpose = "after-undo"    // sent to the address that an account was given back
	LinkConfirmEmail LinkPurpose = "confirm-email" // sent to a new address
	LinkUndoEmail    LinkPurpose = "undo-email"    // sent to the former address
)

// SetsPassword reports whether links of the purpose set a password.
func (p LinkPurpose) SetsPassword() bool {
	return slices.Contains(passwordLinks, p)
}

// Page returns the path of the page that links of the purpose open, without the token.
func (p LinkPurpose) Page() string {
	switch {
	case p.SetsPassword():
		return "/set-password/"
	case p == LinkConfirmEmail:
		return "/confirm-email/"
	case p == LinkUndoEmail:
		return "/undo-email/"
	default:
		return ""
	}
}

// passwordLinks are the purposes of links that set a password.
var passwordLinks = []LinkPurpose{LinkInvitation, LinkReset, LinkForgotten, LinkAfterUndo}

// Link is a link in a mail to an account's owner, which can be used once. Its token is an HMAC of the id, which is made when the mail is
// sent and kept nowhere.
type Link struct {
	ID         string `gorm:"primaryKey"`
	Purpose    LinkPurpose
	AccountID  string
	PasswordID string // the password that it belongs to: it is dead once the account has another; "" = it survives that
	CreatedAt  time.Time
	EndsAt     time.Time
	WrongCodes int        // second factors that were entered after it was opened
	SentAt     *time.Time // when its mail was sent
	UsedAt     *time.Time
	RevokedAt  *time.Time
}

// MaxLinkCodes is how many second factors may be entered with a link, which is dead then: each use opens another session, with attempts of
// its own.
const MaxLinkCodes = 10

// LinkState is the state of a link.
type LinkState string

// The states of links.
const (
	LinkNotSent LinkState = "not-sent"
	LinkSent    LinkState = "sent"
	LinkUsed    LinkState = "used"
	LinkExpired LinkState = "expired"
	LinkRevoked LinkState = "revoked" // by an operator, or by a change that made it worthless
)

// LinkStates returns all states of links.
func LinkStates() []LinkState {
	return []LinkState{LinkNotSent, LinkSent, LinkUsed, LinkExpired, LinkRevoked}
}

// State returns the state of the link.
func (l Link) State(now time.Time) LinkState {
	switch {
	case l.UsedAt != nil:
		return LinkUsed
	case l.RevokedAt != nil, l.WrongCodes >= MaxLinkCodes:
		return LinkRevoked
	case !now.Before(l.EndsAt):
		return LinkExpired
	case l.SentAt != nil:
		return LinkSent
	default:
		return LinkNotSent
	}
}

// Opens reports whether the link can be used for the account.
func (l Link) Opens(account Account, now time.Time) bool {
	state := l.State(now)
	return (state == LinkSent || state == LinkNotSent) && l.AccountID == account.ID && (l.PasswordID == "" || l.PasswordID == account.PasswordID)
}

// linkIn is the condition of links in a state; see [Link.State].
func linkIn(state LinkState, now time.Time) condition {
	const open = "links.used_at IS NULL AND links.revoked_at IS NULL AND links.wrong_codes < ?"
	switch state {
	case LinkUsed:
		return condition{"links.used_at IS NOT NULL", nil}
	case LinkRevoked:
		return condition{"links.used_at IS NULL AND NOT (links.revoked_at IS NULL AND links.wrong_codes < ?)", []any{MaxLinkCodes}}
	case LinkExpired:
		return condition{open + " AND links.ends_at <= ?", []any{MaxLinkCodes, now}}
	case LinkSent:
		return condition{open + " AND links.ends_at > ? AND links.sent_at IS NOT NULL", []any{MaxLinkCodes, now}}
	default:
		return condition{open + " AND links.ends_at > ? AND links.sent_at IS NULL", []any{MaxLinkCodes, now}}
	}
}

// newestLinks selects the accounts whose newest link that sets a password is in the state.
func (tx *Tx) newestLinks(state LinkState, now time.Time) *gorm.DB {
	is := linkIn(state, now)
	return tx.g.Model(&Link{}).Select("links.account_id").
		Where("links.purpose IN ? AND NOT EXISTS (SELECT 1 FROM links newer WHERE newer.account_id = links.account_id AND newer.id > links.id AND newer.purpose IN ?)",
			passwordLinks, passwordLinks).
		Where(is.sql, is.args...)
}

// openLink is the condition of links that were neither used nor revoked.
const openLink = "used_at IS NULL AND revoked_at IS NULL"

// CreateLink inserts a link.
func (tx *Tx) CreateLink(l Link) error { return wrap("creating a link", tx.g.Create(&l).Error) }

// Link finds a link, or returns [ErrNotFound].
func (tx *Tx) Link(id string) (Link, error) {
	var l Link
	return l, wrap("finding a link", tx.g.Take(&l, "id = ?", id).Error)
}

// LinkWithAccount finds a link and its account. For one that does not exist it returns the zero values, after as many queries.
func (tx *Tx) LinkWithAccount(id string) (link Link, account Account, err error) {
	link, err = tx.Link(id)
	if err == nil || errors.Is(err, ErrNotFound) {
		account, err = tx.Account(cmp.Or(link.AccountID, id))
	}
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return link, account, err
}

// maxLinks limits how many links of an account a page shows.
const maxLinks = 10

// PasswordLinks returns the account's newest links that set a password, the newest first.
func (tx *Tx) PasswordLinks(accountID string) (rows []Link, err error) {
	err = tx.g.Order("id DESC").Limit(maxLinks).Find(&rows, "account_id = ? AND purpose IN ?", accountID, passwordLinks).Error
	return rows, wrap("listing links", err)
}

// CountLinks counts the account's links of a purpose that were created since a time.
func (tx *Tx) CountLinks(accountID string, purpose LinkPurpose, since time.Time) (count int64, err error) {
	err = tx.g.Model(&Link{}).Where("account_id = ? AND id >= ? AND purpose = ? AND created_at > ?", accountID, FirstID(since), purpose, since).Count(&count).Error
	return count, wrap("counting links", err)
}

// UseLink uses up a link. It returns [ErrNotFound] if it was used, revoked or has ended: of several at the same time one succeeds.
func (tx *Tx) UseLink(id string, now time.Time) error {
	return changed("using a link", tx.g.Model(&Link{}).Where("id = ? AND "+openLink+" AND ends_at > ?", id, now).Update("used_at", now))
}

// RevokeLink revokes a link and ends the sessions that it has opened. It returns [ErrNotFound] if it was used or revoked before.
func (tx *Tx) RevokeLink(id string, now time.Time) error {
	if err := changed("revoking a link", tx.g.Model(&Link{}).Where("id = ? AND "+openLink, id).Update("revoked_at", now)); err != nil {
		return err
	}
	return wrap("ending the sessions of a link", tx.g.Delete(&Session{}, "link_id = ?", id).Error)
}

// RevokeSentLinks revokes the account's links to set a password that its owner has not asked for, and ends the sessions that they have opened.
func (tx *Tx) RevokeSentLinks(accountID string, now time.Time) error {
	open := func() *gorm.DB {
		return tx.g.Model(&Link{}).Where("account_id = ? AND "+openLink+" AND purpose IN ? AND purpose <> ?", accountID, passwordLinks, LinkForgotten)
	}
	if err := tx.g.Delete(&Session{}, "link_id IN (?)", open().Select("id")).Error; err != nil {
		return wrap("ending the sessions of links", err)
	}
	return wrap("revoking links", open().Update("revoked_at", now).Error)
}

// TakeLinkCode counts a second factor that is about to be compared after a link was opened, and reports whether another one may be.
func (tx *Tx) TakeLinkCode(id string) (bool, error) {
	result := tx.g.Model(&Link{}).Where("id = ? AND wrong_codes < ?", id, MaxLinkCodes).Update("wrong_codes", gorm.Expr("wrong_codes + 1"))
	return result.RowsAffected > 0, wrap("taking a code of a link", result.Error)
}

// ReturnLinkCode takes back that a second factor was counted.
func (tx *Tx) ReturnLinkCode(id string) error {
	return wrap("returning a code of a link", tx.g.Model(&Link{}).Where("id = ?", id).Update("wrong_codes", gorm.Expr("wrong_codes - 1")).Error)
}

// RevokeLinks revokes all links of an account that depend on its password.
func (tx *Tx) RevokeLinks(accountID string, now time.Time) error {
	return wrap("revoking links", tx.g.Model(&Link{}).
		Where("account_id = ? AND "+openLink+" AND ends_at > ? AND purpose <> ?", accountID, now, LinkUndoEmail).Update("revoked_at", now).Error)
}

// LinkSent records when the mail with a link was sent.
func (tx *Tx) LinkSent(id string, at time.Time) error {
	return wrap("recording that a link was sent", tx.g.Model(&Link{}).Where("id = ? AND sent_at IS NULL", id).Update("sent_at", at).Error)
}

// EndAllLinks revokes every link, and returns how many.
func (tx *Tx) EndAllLinks(now time.Time) (ended int, err error) {
	result := tx.g.Model(&Link{}).Where(openLink+" AND ends_at > ?", now).Update("revoked_at", now)
	return int(result.RowsAffected), wrap("revoking all links", result.Error)
}

// RevokeLinksSentBefore revokes the links that were sent before a time, and returns how many.
func (tx *Tx) RevokeLinksSentBefore(before, now time.Time) (revoked int, err error) {
	result := tx.g.Model(&Link{}).Where(openLink+" AND ends_at > ? AND sent_at < ?", now, before).Update("revoked_at", now)
	return int(result.RowsAffected), wrap("revoking links", result.Error)
}

// DeleteLinks deletes up to most links that ended before a time, and returns how many.
func (tx *Tx) DeleteLinks(before time.Time, most int) (count int, err error) {
	old := tx.g.Model(&Link{}).Select("id").Where("ends_at < ?", before).Order("ends_at").Limit(most)
	result := tx.g.Delete(&Link{}, "id IN (?)", old)
	return int(result.RowsAffected), wrap("deleting links", result.Error)
}

// ForgotRequest is a request for a link because a password was forgotten, of an account that may not exist.
type ForgotRequest struct {
	Key       string `gorm:"primaryKey"` // of a name or e-mail address, as it is compared
	Address   string // IP address
	CreatedAt time.Time
}

// AddForgotRequest queues a request, unless one with the same key is queued.
func (tx *Tx) AddForgotRequest(row ForgotRequest) error {
	return wrap("queueing a request", tx.g.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error)
}

// ForgotRequests returns queued requests, up to a limit.
func (tx *Tx) ForgotRequests(limit int) (rows []ForgotRequest, err error) {
	return rows, wrap("finding requests", tx.g.Order("created_at, key").Limit(limit).Find(&rows).Error)
}

// TakeForgotRequest removes a request, and reports whether it was still queued: of several processes one takes it.
func (tx *Tx) TakeForgotRequest(key string) (taken bool, err error) {
	result := tx.g.Delete(&ForgotRequest{}, "key = ?", key)
	return result.RowsAffected > 0, wrap("taking a request", result.Error)
}
