package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"latchkey/accounts/notify"
	"latchkey/mailer"
	"latchkey/models"
)

// DeliverDue claims a batch of due mails, sends them over one connection, and records the outcome of a few at a time. It returns
// how many mails it claimed, or how many it began if the rate limit ended the batch. A batch also ends when only mails are left
// that are not urgent, and an urgent one is due. When ctx ends, it finishes the current mail
// and releases the others. The error is that of the database, or of a mail server that could not be reached; the mails then wait
// for their next try.
func (r *Runner) DeliverDue(ctx context.Context) (n int, err error) {
	select {
	case r.connSlots <- struct{}{}:
		defer func() { <-r.connSlots }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	b := &batch{Runner: r, lease: r.ids.New(), until: r.now().Add(r.LeaseFor)}
	phase := b.nextPhase()
	err = b.DB.Update(ctx, func(tx *models.Tx) (err error) {
		b.mails, err = tx.ClaimMails(b.lease, b.now(), b.leaseEnd(), b.batchSize(), reserved(b.batchSize(), phase))
		return err
	})
	if err != nil || len(b.mails) == 0 {
		return 0, err
	}
	b.mails, b.lookedAt = interleave(b.mails, phase), b.now()
	defer b.close(ctx)
	n = len(b.mails)
	for i, mail := range b.mails {
		if ctx.Err() != nil || b.until.Sub(b.now()) < b.LeaseFor/2 {
			break // the second half of the lease is for sending and recording: after it another worker would send the mail too
		}
		var overtaken bool
		if overtaken, err = b.overtaken(ctx, i); overtaken || err != nil {
			break
		}
		if err = b.deliver(ctx, mail); err != nil {
			break
		}
	}
	if errors.Is(err, errRateLimited) {
		n, err = b.begun, nil // the others are sent after a pause
	}
	return n, cmp.Or(errors.Join(err, b.settle(ctx)), b.unreachable)
}

// batch is one claim of mails.
type batch struct {
	*Runner
	lease       string
	until       time.Time // when the batch must end
	mails       []models.Mail
	token       string        // of the link in the mail that is being sent; servers quote what they refuse
	begun       int           // the mails after these can be released
	lookedAt    time.Time     // when it last looked for urgent mails
	unrecorded  []models.Mail // their outcomes are not recorded yet
	begunAt     time.Time     // when the first of those was begun
	accounts    map[string]models.Account
	accountsTo  int                // the mails before this have their accounts in the map
	accountsAt  time.Time          // when they were read
	connection  *mailer.Connection // nil: none is open
	unreachable error              // why none could be opened
}

// leaseEnd is later than the batch ends, in case the clocks of replicas differ.
func (b *batch) leaseEnd() time.Time { return b.until.Add(b.LeaseFor / 2) }

// close closes the connection and releases the mails that were not begun. A mail whose outcome could not be recorded keeps its
// lease: the mail server may have it.
func (b *batch) close(ctx context.Context) {
	b.closeConn()
	if b.begun == len(b.mails) {
		return
	}
	var ids []string
	for _, mail := range b.mails[b.begun:] {
		ids = append(ids, mail.ID)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	err := b.DB.Update(ctx, func(tx *models.Tx) error { return tx.ReleaseMails(b.lease, ids) })
	if err != nil {
		b.Log.ErrorContext(ctx, "releasing mails failed; they are due again when their lease expires", "error", err)
	}
}

// deliver processes one mail, and records outcomes if enough are unrecorded. After an error of the database the batch must end:
// sent mails could not be recorded. Other errors are those of [batch.process].
func (b *batch) deliver(ctx context.Context, mail models.Mail) error {
	if len(b.unrecorded) == 0 {
		b.begunAt = b.now()
	}
	b.token = ""
	if err := b.tryProcess(ctx, &mail); err != nil {
		return err
	}
	b.begun++
	b.unrecorded = append(b.unrecorded, mail)
	if len(b.unrecorded) == maxUnrecorded || b.now().Sub(b.begunAt) >= recordWithin || b.Rate > 0 {
		return b.settle(ctx)
	}
	return nil
}

// tryProcess limits a panic to the mail that caused it; it would stop every later batch at the same mail otherwise.
func (b *batch) tryProcess(ctx context.Context, mail *models.Mail) (err error) {
	defer func() {
		if p := recover(); p != nil {
			b.Log.ErrorContext(ctx, "panic while processing a mail", "mail", mail.ID, "panic", p, "stack", string(debug.Stack()))
			b.closeConn()
			b.retryLater(mail, fmt.Errorf("rendering or sending failed: panic: %v", p))
			err = nil
		}
	}()
	return b.process(ctx, mail)
}

// process sets the outcome of a mail: dropped, captured, sent, or what the server answered. It returns an error if the mail was
// not begun: that of the database, of ctx, or [errRateLimited].
func (b *batch) process(ctx context.Context, mail *models.Mail) error {
	checked := b.now()
	if stale, err := b.dropStale(ctx, mail); stale || err != nil {
		return err
	}
	words, err := b.render(*mail, "")
	if err != nil {
		b.retryLater(mail, fmt.Errorf("rendering failed: %w", err))
		return nil
	}
	mail.Subject, mail.TextBody, mail.HTMLBody = words.Subject, words.Text, words.HTML
	if b.Mailer.Captures() {
		b.finish(mail, models.MailCaptured, "")
		return nil
	}
	if b.unreachable == nil && !waitForTurn(ctx, b.limiter, b.until.Sub(b.now())-b.LeaseFor/2) {
		return errRateLimited
	}
	if b.now().Sub(checked) > cacheFor { // it may have become stale while it waited
		if stale, err := b.dropStale(ctx, mail); stale || err != nil {
			return err
		}
	}
	if words, err = b.withLink(ctx, *mail, words); err != nil {
		b.retryLater(mail, fmt.Errorf("making the link failed: %w", err))
		return nil
	}
	return b.send(ctx, mail, words)
}

// withLink returns the text of a mail with its link, if it has one. What is stored of the mail does not have it.
func (b *batch) withLink(ctx context.Context, mail models.Mail, words mailer.Rendered) (mailer.Rendered, error) {
	if mail.Data.LinkID == "" {
		return words, nil
	}
	token, err := b.Accounts.Sealing.Token(b.DB.Read(ctx), mail.Data.LinkID)
	if err != nil {
		return words, err
	}
	b.token = token
	return b.render(mail, token)
}

// dropStale drops a mail whose text is no longer true. Otherwise it sets the current address of the account, except for notices of changes
// to its security, which must not follow an address that an attacker has changed, and which are sent although the account was deleted.
func (b *batch) dropStale(ctx context.Context, mail *models.Mail) (dropped bool, err error) {
	var account models.Account
	var found bool
	if mail.AccountID != nil {
		if account, found, err = b.account(ctx, *mail.AccountID); err != nil {
			return false, err
		}
	}
	opens, err := b.linkOpens(ctx, *mail, account)
	if err != nil {
		return false, err
	}
	end, err := b.Accounts.Mail.StillEnd(ctx, *mail, account)
	if err != nil {
		return false, err
	}
	switch {
	case !found && mail.Template == models.MailSecurity:
		return false, nil
	case !found:
		b.finish(mail, models.MailDropped, "The account was deleted.")
	case opens && end && b.Accounts.Mail.StillDue(*mail, account):
		if !models.FixedRecipient(mail.Template) {
			mail.Recipient = notify.Recipient(account)
		}
		return false, nil
	default:
		b.finish(mail, models.MailDropped, b.whyStale(*mail, account, opens))
	}
	return true, nil
}

// whyStale returns why a mail is dropped whose account exists.
func (b *batch) whyStale(mail models.Mail, account models.Account, opens bool) string {
	switch closed := account.Closed(b.Accounts.Policies.Current().Cutoffs().Today); {
	case closed == models.Disabled:
		return "The account is disabled."
	case closed == models.NotYetValid:
		return "The account is not valid yet."
	case closed == models.Ended:
		return "The account has ended."
	case !opens:
		return "The link has ended."
	case mail.PasswordID != account.PasswordID:
		return "The password was changed meanwhile."
	default:
		return "The mail is out of date."
	}
}

// linkOpens reports whether the link in a mail, if there is one, can still be used.
func (b *batch) linkOpens(ctx context.Context, mail models.Mail, account models.Account) (bool, error) {
	if mail.Data.LinkID == "" {
		return true, nil
	}
	link, err := b.DB.Read(ctx).Link(mail.Data.LinkID)
	if errors.Is(err, models.ErrNotFound) {
		return false, nil
	}
	return err == nil && link.Opens(account, b.now()), err
}

// The accounts of the next mails are read at once, and used for a short time.
const (
	readAhead = 50
	cacheFor  = time.Second
)

// account returns a mail's account as it was at most a second ago, and whether it exists.
func (b *batch) account(ctx context.Context, id string) (account models.Account, found bool, err error) {
	if b.begun >= b.accountsTo || b.now().Sub(b.accountsAt) > cacheFor {
		b.accountsTo, b.accountsAt = min(b.begun+readAhead, len(b.mails)), b.now()
		var ids []string
		for _, mail := range b.mails[b.begun:b.accountsTo] {
			if mail.AccountID != nil {
				ids = append(ids, *mail.AccountID)
			}
		}
		rows, err := b.DB.Read(ctx).Accounts(ids)
		if err != nil {
			b.accountsTo = 0
			return account, false, err
		}
		b.accounts = map[string]models.Account{}
		for _, row := range rows {
			b.accounts[row.ID] = row
		}
	}
	account, found = b.accounts[id]
	return account, found, nil
}

// send hands the mail to the server. The error is that of ctx, if the mail was not begun.
func (b *batch) send(ctx context.Context, mail *models.Mail, words mailer.Rendered) error {
	reused := b.connection != nil && b.connection.Usable()
	if err := b.connect(ctx); err != nil {
		return b.postpone(ctx, mail, err)
	}
	answer, err := b.sendOnce(ctx, *mail, words)
	if reused && mailer.Disconnected(err) { // servers close connections that were idle or sent many mails
		if err := b.connect(ctx); err != nil {
			return b.postpone(ctx, mail, err)
		}
		answer, err = b.sendOnce(ctx, *mail, words)
	}
	if err != nil {
		if mailer.Disconnected(err) { // even a new connection: do not open one after another
			b.unreachable = err
		}
		b.retryLater(mail, err)
		return nil
	}
	b.finish(mail, models.MailSent, answer)
	return nil
}

// postpone sets another try for a mail that found no connection, unless the program stops.
func (b *batch) postpone(ctx context.Context, mail *models.Mail, err error) error {
	if ctx.Err() == nil {
		b.retryLater(mail, err)
	}
	return ctx.Err()
}

// connect opens a connection if no usable one is open. It does so only once per batch if the server cannot be reached.
func (b *batch) connect(ctx context.Context) (err error) {
	if b.unreachable != nil || b.connection != nil && b.connection.Usable() {
		return b.unreachable
	}
	b.closeConn()
	b.connection, b.unreachable = b.open(ctx)
	return b.unreachable
}

func (b *batch) closeConn() {
	if b.connection != nil {
		b.connection.Close()
	}
	b.connection = nil
}

var (
	errStopped = errors.New("the program was stopped before the mail server answered")
	errLease   = errors.New("the mail server took too long to answer")
)

// sendOnce sends the mail. After ctx has ended it continues for [Options.Grace], but never so long that another worker could
// take over the mail before its outcome is recorded.
func (b *batch) sendOnce(ctx context.Context, mail models.Mail, words mailer.Rendered) (answer string, err error) {
	limit := b.until.Sub(b.now()) - b.LeaseFor/8
	sending, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	sending, cancel := context.WithTimeoutCause(sending, limit, errLease)
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		sleep(sending, b.Grace, nil)
		stop(errStopped)
	})()
	return b.connection.Send(sending, mail, words)
}
