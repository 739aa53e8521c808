package view

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// Limits of saved views.
const (
	MaxViews = 50   // of an owner
	MaxQuery = 2000 // bytes of a view's filters and order

	maxOfOthers = 100 // shared ones that are listed
)

// Errors of saved views.
const (
	errTooMany      core.Code = "view.too_many"
	errTitle        core.Code = "view.title_missing"
	errQuery        core.Code = "view.query_invalid"
	errQueryTooLong core.Code = "view.query_too_long"
	errNothing      core.Code = "view.nothing_to_save"
)

// Service keeps saved views. It is safe for concurrent use.
type Service struct{ core *core.Core }

// New makes a service.
func New(c *core.Core) *Service { return &Service{c} }

// View is a saved view as the actor sees it.
type View struct {
	models.ListedView
	Own       bool
	MayDelete bool
}

// List returns the actor's views and those that others share with them: first the private ones, then the shared ones, each by title.
func (s *Service) List(ctx context.Context, actor core.Actor) (list []View, err error) {
	if err := check(actor); err != nil {
		return nil, err
	}
	rows, err := s.core.DB.Read(ctx).SavedViews(actor.ID, actor.Scope(), maxOfOthers)
	for _, row := range rows {
		list = append(list, View{row, row.OwnerID == actor.ID, mayDelete(actor, row.SavedView)})
	}
	slices.SortStableFunc(list, func(a, b View) int {
		return cmp.Or(order(a.Shared)-order(b.Shared), strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)))
	})
	return list, err
}

func order(shared bool) int {
	if shared {
		return 1
	}
	return 0
}

// check refuses actors who have no list of accounts, and the command line, which owns nothing.
func check(actor core.Actor) error {
	if !actor.MayOperate() || actor.ID == "" {
		return core.ErrForbidden
	}
	return nil
}

// mayDelete reports whether the actor may delete a view: their own, and SuperAdmins also those that others share with them.
func mayDelete(actor core.Actor, v models.SavedView) bool {
	return v.OwnerID == actor.ID || v.Shared && v.Scope == "" && actor.MaySeeEverything()
}

// ParseQuery reads the query of a list's address as it was sent. Its size is checked first.
func ParseQuery(text string) (url.Values, error) {
	if len(text) > MaxQuery {
		return nil, core.InvalidWith("query", errQueryTooLong, core.Params{"limit": MaxQuery})
	}
	query, err := url.ParseQuery(text)
	if err != nil {
		return nil, core.Invalid("query", errQuery)
	}
	for _, values := range query {
		for _, value := range values {
			if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
				return nil, core.Invalid("query", errQuery)
			}
		}
	}
	return query, nil
}

// Form is a view to save. The query has the list's filters and its order only, which the list has accepted.
type Form struct {
	Title  string
	Query  url.Values
	Shared bool // with everyone who has the same list: all SuperAdmins, or the organization
}

// Save saves a view of the actor. One of the same title is replaced, which it reports.
func (s *Service) Save(ctx context.Context, actor core.Actor, form Form) (replaced bool, err error) {
	if err := check(actor); err != nil {
		return false, err
	}
	view, err := parse(form)
	if err != nil {
		return false, err
	}
	err = s.core.Update(ctx, actor, func(tx *models.Tx) error { // which locks the owner
		views, err := tx.SavedViewsOf(actor.ID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(views, func(v models.SavedView) bool { return v.Title == view.Title })
		if replaced = at >= 0; replaced {
			view.ID = views[at].ID
			return tx.ReplaceSavedView(view)
		}
		if len(views) >= MaxViews {
			return core.InvalidWith("title", errTooMany, core.Params{"most": MaxViews})
		}
		view.ID, view.OwnerID, view.Scope, view.CreatedAt = s.core.NewID(), actor.ID, actor.Scope(), s.core.Now()
		return tx.CreateSavedView(view)
	})
	return replaced, err
}

func parse(form Form) (view models.SavedView, err error) {
	var wrong core.FieldErrors
	view = models.SavedView{Query: form.Query.Encode(), Shared: form.Shared}
	view.Title, err = identifier.ParseViewTitle(form.Title)
	if err := wrong.Add(err); err != nil {
		return view, err
	}
	if err == nil && !identifier.IsSeen(view.Title) {
		wrong.AddField("title", errTitle)
	}
	switch {
	case view.Query == "":
		wrong.AddField("query", errNothing)
	case len(view.Query) > MaxQuery:
		_ = wrong.Add(core.InvalidWith("query", errQueryTooLong, core.Params{"limit": MaxQuery}))
	}
	return view, wrong.Err()
}

// Delete deletes a view of the actor. SuperAdmins may also delete those that other SuperAdmins share.
func (s *Service) Delete(ctx context.Context, actor core.Actor, id string) error {
	if err := check(actor); err != nil {
		return err
	}
	if !models.IsID(id) {
		return core.ErrNotFound
	}
	return s.core.Update(ctx, actor, func(tx *models.Tx) error {
		view, err := tx.SavedView(id)
		if err != nil {
			return core.NotFound(err)
		}
		if !mayDelete(actor, view) {
			return core.ErrNotFound
		}
		return core.NotFound(tx.DeleteSavedView(id))
	})
}
