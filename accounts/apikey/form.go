package apikey

import (
	"context"
	"errors"
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// Form is the form of a new key, as it was typed.
type Form struct {
	Title                 string
	Write, Verify, Direct bool
	Scope                 []string // "all" or nothing, or ids or names of organizations, with spaces, commas or line ends between
	Networks              string   // addresses and networks (CIDR), with spaces, commas or line ends between; "" = everywhere
	Ends                  string   // the last day, as 2006-01-02; "" = in a year
	Submission            string   // the id of the form, which is good for one key; "" = it has none
}

// How long the texts of the networks and the organizations may be, in bytes.
const (
	maxNetworksText = 4096
	maxScopeText    = 8192
)

var alphabetSize = big.NewInt(int64(len(prefixAlphabet)))

// parse returns the key that the form describes, for an account that acts as a kind. Its [core.ValidationError] lists everything that is
// wrong.
func (s *Service) parse(ctx context.Context, actor core.Actor, as models.Kind, form Form) (k models.APIKey, err error) {
	var wrong core.FieldErrors
	if form.Submission != "" && !models.IsID(form.Submission) {
		return k, core.Invalid("submission", core.ErrFormInvalid)
	}
	k = models.APIKey{CanWrite: form.Write, CanVerify: form.Verify, Direct: form.Direct}
	k.Title, err = identifier.ParseKeyTitle(form.Title)
	if err := wrong.Add(err); err != nil {
		return k, err
	}
	if err == nil && !identifier.IsSeen(k.Title) {
		wrong.AddField("title", errTitle)
	}
	if k.Scope, err = s.parseScope(ctx, actor, form.Scope); wrong.Add(err) != nil {
		return k, err
	}
	if k.Networks, err = parseNetworks(form.Networks); wrong.Add(err) != nil {
		return k, err
	}
	if k.EndsAt, err = s.parseEnds(form.Ends); wrong.Add(err) != nil {
		return k, err
	}
	if form.Verify && as == models.Customer {
		wrong.AddField("verify", errVerify)
	}
	return k, wrong.Err()
}

// parseScope returns the scope. Each organization has to exist, and to be the actor's to choose.
func (s *Service) parseScope(ctx context.Context, actor core.Actor, typed []string) (models.APIScope, error) {
	var ids []string
	for _, text := range typed {
		if len(text) > maxScopeText {
			return "", core.InvalidWith("scope", errManyScopes, core.Params{"most": maxOrganizations})
		}
		ids = append(ids, strings.FieldsFunc(text, isSeparator)...)
	}
	switch {
	case len(ids) == 0 || slices.Contains(ids, string(models.ScopeAll)):
		return models.ScopeAll, nil
	case len(ids) > maxOrganizations:
		return "", core.InvalidWith("scope", errManyScopes, core.Params{"most": maxOrganizations})
	}
	for i, text := range ids {
		organization, err := s.organization(ctx, text)
		if errors.As(err, new(*core.ValidationError)) || err == nil && actor.Kind != models.SuperAdmin && organization.ID != actor.ID {
			err = core.InvalidWith("scope", errScope, core.Params{"name": text})
		}
		if err != nil {
			return "", err
		}
		ids[i] = organization.ID
	}
	slices.Sort(ids)
	return models.ScopeOf(slices.Compact(ids)), nil
}

// isSeparator reports whether a symbol stands between the items of a list.
func isSeparator(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) }

// parseNetworks returns the networks in their canonical form, with spaces between.
func parseNetworks(text string) (string, error) {
	if len(text) > maxNetworksText {
		return "", core.InvalidWith("networks", errManyNetworks, core.Params{"most": maxNetworks})
	}
	var list []string
	for _, item := range strings.FieldsFunc(text, isSeparator) {
		network, ok := core.ParseNetwork(item)
		if !ok {
			return "", core.InvalidWith("networks", errNetworks, core.Params{"network": item})
		}
		list = append(list, network.String())
	}
	if len(list) > maxNetworks {
		return "", core.InvalidWith("networks", errManyNetworks, core.Params{"most": maxNetworks})
	}
	return strings.Join(list, " "), nil
}

// networksOf returns the networks of a key. What cannot be parsed is in none.
func networksOf(k models.APIKey) (list core.Networks) {
	for text := range strings.FieldsSeq(k.Networks) {
		network, _ := core.ParseNetwork(text)
		list = append(list, network)
	}
	return list
}

// DefaultEnd returns the last day of a new key if none is chosen.
func (s *Service) DefaultEnd() string { return s.core.DayInYears(DefaultLife) }

// LatestEnd returns the last day that a key may have.
func (s *Service) LatestEnd() string { return s.core.DayInYears(MaxYears) }

// LastDay returns the last day on which a key works.
func (s *Service) LastDay(k models.APIKey) string {
	return s.core.DayOf(k.EndsAt.Add(-time.Microsecond))
}

// parseEnds returns when a key ends: with the end of its last day.
func (s *Service) parseEnds(text string) (time.Time, error) {
	invalid := core.InvalidWith("ends", errEnds, core.Params{"years": MaxYears})
	if len(text) > len("2006-01-02")+20 {
		return time.Time{}, invalid
	}
	day := identifier.Trim(text)
	if day == "" {
		day = s.DefaultEnd()
	}
	at, err := time.Parse(time.DateOnly, day)
	if err != nil || day < s.core.Today() || day > s.LatestEnd() {
		return time.Time{}, invalid
	}
	end, err := s.core.DayStart(at.AddDate(0, 0, 1).Format(time.DateOnly))
	return end.UTC(), err
}
