package testapp

import (
	"context"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// Secret is the default password of seeded accounts.
const Secret = "Right-Horse-7!"

// Secret2 is another password that the built-in policy accepts.
const Secret2 = "Other-Stable-8!"

// Seed creates an account with the password [Secret].
func (a *App) Seed(kind models.Kind, name string, change ...func(*accounts.NewAccount)) models.Account {
	a.Helper()
	input := accounts.NewAccount{
		Kind: kind, Name: name, Email: name + "@example.com", Password: accounts.PasswordChoice{Mode: accounts.Typed, Text: Secret},
	}
	for _, change := range change {
		change(&input)
	}
	issued, err := a.Accounts.Create(context.Background(), core.CommandLine, input)
	if err != nil {
		a.Fatalf("seeding %s: %v", name, err)
	}
	return issued.Account
}

// Of sets the organization of a seeded account.
func Of(organization models.Account) func(*accounts.NewAccount) {
	return func(n *accounts.NewAccount) { n.Organization = organization.ID }
}

// OneTime makes the password of a seeded account a one-time password.
func OneTime(n *accounts.NewAccount) { n.Password.OneTime = true }

// OverDeleted erases the deleted account that has the name of a seeded one.
func OverDeleted(n *accounts.NewAccount) { n.EraseDeleted = true }

// Technical makes a seeded account technical.
func Technical(n *accounts.NewAccount) { n.Technical = true }

// Company is a SuperAdmin and two organizations, each with a customer.
type Company struct {
	Root       models.Account // SuperAdmin
	Acme, Bond models.Account // organizations
	Ann        models.Account // customer of Acme
	Bob        models.Account // customer of Bond
}

// Company seeds a [Company].
func (a *App) Company() Company {
	a.Helper()
	c := Company{
		Root: a.Seed(models.SuperAdmin, "root"), Acme: a.Seed(models.Organization, "acme"), Bond: a.Seed(models.Organization, "bond"),
	}
	c.Ann, c.Bob = a.Seed(models.Customer, "ann", Of(c.Acme)), a.Seed(models.Customer, "bob", Of(c.Bond))
	return c
}

// SignIn opens a browser and signs in with [Secret], into a full session.
func (a *App) SignIn(name string) *Client {
	a.Helper()
	c := a.Client()
	reply := c.SignIn(name, Secret).Want(303)
	if to := reply.Header.Get("Location"); to == "/password" {
		a.Fatalf("%s has to change the password first", name)
	}
	return c
}

// SignIn sends the sign-in form.
func (c *Client) SignIn(name, password string) *Reply {
	c.App.Helper()
	return c.Get("/sign-in").Want(200).Submit("/sign-in", "name", name, "password", password)
}

// Account reads an account.
func (a *App) Account(id string) models.Account {
	a.Helper()
	account, err := a.DB.Read(context.Background()).Account(id)
	if err != nil {
		a.Fatal(err)
	}
	return account
}

// Do changes tables directly.
func (a *App) Do(change func(*models.Tx) error) {
	a.Helper()
	if err := a.DB.Update(context.Background(), change); err != nil {
		a.Fatal(err)
	}
}

// Tamper changes an account directly.
func (a *App) Tamper(id string, change func(*models.Account)) {
	a.Helper()
	a.Do(func(tx *models.Tx) error {
		account, err := tx.AccountForUpdate(id)
		if err != nil {
			return err
		}
		change(&account)
		return tx.SaveAccount(&account)
	})
}

// Sweep runs the sweep and returns the waiting mails, the oldest first.
func (a *App) Sweep() []models.Mail {
	a.Helper()
	if _, err := a.Accounts.Sweep(context.Background()); err != nil {
		a.Fatal(err)
	}
	page, err := a.DB.Read(context.Background()).ListMails(models.MailFilter{State: models.MailWaiting, Limit: 1000})
	if err != nil {
		a.Fatal(err)
	}
	return page.Rows
}

// Settle records the outcome of all waiting mails: change sets state, answer and content.
func (a *App) Settle(change func(*models.Mail)) {
	a.Helper()
	now := a.Clock.Now()
	a.Do(func(tx *models.Tx) error {
		mails, err := tx.ClaimMails(a.Accounts.NewID(), now, now, 1000, 0)
		for i := range mails {
			mails[i].DoneAt = &now
			change(&mails[i])
		}
		if err == nil && len(mails) > 0 {
			_, err = tx.SettleMails(mails)
		}
		return err
	})
}

// Factor gives an account an authenticator app, and returns its secret and the recovery codes. The app's present code was not used.
func (a *App) Factor(account models.Account) (secret string, recovery []string) {
	a.Helper()
	ctx, actor := context.Background(), core.Actor{ID: account.ID, Name: account.Name, Kind: account.Kind}
	begun, err := a.Accounts.Factors.BeginTOTP(ctx, actor)
	if err == nil {
		recovery, err = a.Accounts.Factors.ConfirmTOTP(ctx, actor, begun.ID, "Phone", testkit.TOTP(begun.Secret, a.Clock.Now().Add(-30*time.Second)))
	}
	if err != nil {
		a.Fatalf("giving %s an authenticator app: %v", account.Name, err)
	}
	return begun.Secret, recovery
}

// Code is what an authenticator app with the secret shows now.
func (a *App) Code(secret string) string { return testkit.TOTP(secret, a.Clock.Now()) }

// WrongCode is one that it does not show.
func (a *App) WrongCode(secret string) string { return testkit.WrongTOTP(secret, a.Clock.Now()) }
