package main

import (
	"context"
	"net/http"
	"net/url"

	"golang.org/x/sync/errgroup"

	"latchkey/accounts"
	"latchkey/models"
	"latchkey/views"
)

// createCustomers makes the customers that sign in, as the SuperAdmin does on the pages.
func (s *site) createCustomers(ctx context.Context) error {
	return s.with(ctx, func(p *process) error {
		admin, err := p.asAdmin(ctx, 8)
		if err != nil {
			return err
		}
		defer admin.close()
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(8)
		for i := range s.customers {
			group.Go(func() error { return admin.createCustomer(ctx, customerName(i)) })
		}
		return group.Wait()
	})
}

func (c *client) createCustomer(ctx context.Context, name string) error {
	answer, err := c.post(ctx, views.AccountsURL, url.Values{
		"kind": {string(models.Customer)}, "name": {name}, "email": {name + "@example.org"},
		"organization":  {models.DefaultOrganizationID},
		"password_mode": {string(accounts.Typed)}, "password": {secret},
	})
	if err != nil {
		return err
	}
	return answer.want(http.StatusSeeOther)
}
