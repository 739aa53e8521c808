package testapp

import (
	"context"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
)

// Secret is the password of every account that an [App] is seeded with, unless said otherwise.
const Secret = "Right-Horse-7!"

// Secret2 is another password that the built-in policy takes.
const Secret2 = "Other-Stable-8!"

// Seed makes an account with [Secret] as an ordinary password; change may ask for something else.
func (a *App) Seed(kind models.Kind, name string, change ...func(*accounts.NewAccount)) models.Account {
	a.Helper()
	input := accounts.NewAccount{
		Kind: kind, Name: name, Email: name + "@example.com", Issue: accounts.Issue{Mode: accounts.Typed, Password: Secret},
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

// Of makes a seed belong to an organization.
func Of(organization models.Account) func(*accounts.NewAccount) {
	return func(n *accounts.NewAccount) { n.Organization = organization.ID }
}

// OneTime makes a seed's password a one-time password.
func OneTime(n *accounts.NewAccount) { n.Issue.OneTime = true }

// Technical makes a seed a technical account.
func Technical(n *accounts.NewAccount) { n.Technical = true }

// Company are the accounts that most tests need: two organizations, each with a customer, and who looks after all.
type Company struct {
	Root       models.Account // SuperAdmin
	Acme, Bond models.Account // organizations
	Ann        models.Account // customer of Acme
	Bob        models.Account // customer of Bond
}

// Company seeds one.
func (a *App) Company() Company {
	a.Helper()
	c := Company{
		Root: a.Seed(models.SuperAdmin, "root"), Acme: a.Seed(models.Organization, "acme"), Bond: a.Seed(models.Organization, "bond"),
	}
	c.Ann, c.Bob = a.Seed(models.Customer, "ann", Of(c.Acme)), a.Seed(models.Customer, "bob", Of(c.Bond))
	return c
}

// SignIn opens a browser and signs in with [Secret]; the session must be a full one.
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

// Account reads an account as it is now.
func (a *App) Account(id string) models.Account {
	a.Helper()
	account, err := a.DB.Read(context.Background()).Account(id)
	if err != nil {
		a.Fatal(err)
	}
	return account
}

// Do changes tables behind the back of the use cases.
func (a *App) Do(change func(*models.Tx) error) {
	a.Helper()
	if err := a.DB.Update(context.Background(), change); err != nil {
		a.Fatal(err)
	}
}

// Tamper changes an account behind the back of the use cases.
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

// Sweep does what is due by the clock, and returns the mails that wait, the oldest first.
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

// Settle writes what became of all mails that wait: change sets state, answer and content.
func (a *App) Settle(change func(*models.Mail)) {
	a.Helper()
	now := a.Clock.Now()
	a.Do(func(tx *models.Tx) error {
		mails, err := tx.ClaimMails(a.Accounts.NewID(), now, now, 1000)
		for i := range mails {
			mails[i].DoneAt = &now
			change(&mails[i])
			if err == nil {
				err = tx.SettleMail(&mails[i])
			}
		}
		return err
	})
}
