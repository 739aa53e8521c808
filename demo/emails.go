package demo

import (
	"context"
	"errors"

	"latchkey/accounts/core"
	"latchkey/models"
)

// emails plans who changes the own e-mail address, and who takes that back. It decides nothing by chance.
func (w *world) emails() {
	lan, francois := w.people["nguyễn.lan"], w.people["françois.lefèvre"]
	w.at(w.day(12, 15), w.requestEmail(lan, "lan@hollenbeck.example"))
	w.at(w.day(12, 16), w.useEmailLink("lan@hollenbeck.example", w.accounts.Email.Confirm))
	w.at(w.day(11, 15), w.requestEmail(francois, "f.lefevre@example.net"))
	w.at(w.day(11, 16), w.useEmailLink("f.lefevre@example.net", w.accounts.Email.Confirm))
	w.at(w.day(10, 15), w.useEmailLink(francois.email, w.accounts.Email.Undo)) // it was misspelled
	w.at(w.day(10, 16), w.useLink(francois))
}

// requestEmail asks for an address.
func (w *world) requestEmail(p *person, address string) action {
	return w.atDesk(p, func(ctx context.Context, actor core.Actor) error {
		return errors.Join(w.accounts.Email.Request(ctx, actor, address), w.deliver(ctx))
	})
}

// useEmailLink uses the link in the newest mail to an address.
func (w *world) useEmailLink(address string, use func(context.Context, string, core.ClientInfo) error) action {
	return func(ctx context.Context) error {
		tx := w.db.Read(ctx)
		mails, err := tx.ListMails(models.MailFilter{Recipient: address, Template: models.MailConfirmEmail, Limit: 1})
		if err != nil {
			return err
		}
		token, err := w.accounts.Sealing.Token(tx, mails.Rows[0].Data.LinkID)
		if err != nil {
			return err
		}
		return errors.Join(use(ctx, token, core.ClientInfo{Address: "203.0.113.90", UserAgent: "Mozilla/5.0"}), w.deliver(ctx))
	}
}
