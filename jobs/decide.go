package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"latchkey/accounts"
	"latchkey/models"
)

// attempt does all but the mark. A panic is that mail's misfortune only: the others must not wait behind it for ever.
func (b *batch) attempt(ctx context.Context, mail *models.Mail) (err error) {
	defer func() {
		if p := recover(); p != nil {
			b.Log.ErrorContext(ctx, "a mail caused a panic", "mail", mail.ID, "panic", p, "stack", string(debug.Stack()))
			b.hangUp()
			b.later(mail, fmt.Errorf("the mail could not be written: panic: %v", p))
			err = nil
		}
	}()
	return b.decide(ctx, mail)
}

// decide notes in the row what becomes of the mail: dropped, captured, or what the server says. The error is the database's,
// that of ctx, or [errNoTurn]; the mail was not begun then.
func (b *batch) decide(ctx context.Context, mail *models.Mail) error {
	judged := b.now()
	if dropped, err := b.drop(ctx, mail); dropped || err != nil {
		return err
	}
	words, err := b.render(*mail)
	if err != nil {
		b.later(mail, fmt.Errorf("the mail could not be written: %w", err))
		return nil
	}
	mail.Subject, mail.TextBody, mail.HTMLBody = words.Subject, words.Text, words.HTML
	if b.Mailer.Captures() {
		b.done(mail, models.MailCaptured, "")
		return nil
	}
	if gone, err := b.turn(ctx, mail, judged); gone || err != nil {
		return err
	}
	return b.send(ctx, mail, words)
}

// drop notes that a mail is not sent any more, where it does not say the truth.
func (b *batch) drop(ctx context.Context, mail *models.Mail) (dropped bool, err error) {
	reason, err := b.untrue(ctx, mail)
	if err != nil || reason == "" {
		return false, err
	}
	b.done(mail, models.MailDropped, reason)
	return true, nil
}

// errNoTurn says that so many mails were sent that this one has no turn in its batch's time.
var errNoTurn = errors.New("the rate of mails is used up")

// turn waits until one more mail may be sent. What was true when it was judged may not be so by then: gone.
func (b *batch) turn(ctx context.Context, mail *models.Mail, judged time.Time) (gone bool, err error) {
	if b.unreachable == nil && !b.pace.wait(ctx, b.until.Sub(b.now())-b.LeaseFor/2) {
		return false, errNoTurn
	}
	if b.now().Sub(judged) <= believed {
		return false, nil
	}
	return b.drop(ctx, mail)
}

// untrue tells why the mail is not sent any more; "" = it is.
// It notes the owner's present address, which may have been put right since.
func (b *batch) untrue(ctx context.Context, mail *models.Mail) (reason string, err error) {
	const gone = "The account was deleted."
	if mail.AccountID == nil {
		return gone, nil
	}
	account, found, err := b.owner(ctx, *mail.AccountID)
	switch {
	case err != nil:
		return "", err
	case !found:
		return gone, nil
	case b.InForce.Service().StillTrue(*mail, account):
		mail.Recipient = accounts.Recipient(account)
		return "", nil
	case account.DisabledAt != nil:
		return "The account is disabled.", nil
	case mail.PasswordID != account.PasswordID:
		return "The password was changed meanwhile.", nil
	default:
		return "What the mail says is no longer so.", nil
	}
}
