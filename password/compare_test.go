package password_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"latchkey/password"
)

// changed returns the directions of the changes between two policies of accounts, by rule.
func changed(old, next password.Policy) map[password.Rule]password.Direction {
	found := map[password.Rule]password.Direction{}
	for _, section := range password.Compare(password.Policies{Account: old}, password.Policies{Account: next}) {
		for _, change := range section.Changes {
			found[change.New.Rule] = change.Direction
		}
	}
	return found
}

func TestDirectionOfEachRule(t *testing.T) {
	const stricter, looser, other = password.Stricter, password.Looser, password.Changed
	type policy = password.Policy
	for name, test := range map[string]struct {
		old, next policy
		want      map[password.Rule]password.Direction
	}{
		"the same":             {policy{MinimumSymbols: 6}, policy{MinimumSymbols: 6}, nil},
		"two ways to be off":   {policy{MinimumSymbols: 0, MaximumSymbols: -1}, policy{MinimumSymbols: -3}, nil},
		"longer":               {policy{MinimumSymbols: 6}, policy{MinimumSymbols: 7}, map[password.Rule]password.Direction{"minimumSymbols": stricter}},
		"any length":           {policy{MinimumSymbols: 1}, policy{}, map[password.Rule]password.Direction{"minimumSymbols": looser}},
		"no longest":           {policy{MaximumSymbols: 20}, policy{}, map[password.Rule]password.Direction{"maximumSymbols": looser}},
		"a longest":            {policy{}, policy{MaximumSymbols: 20}, map[password.Rule]password.Direction{"maximumSymbols": stricter}},
		"shorter longest":      {policy{MaximumSymbols: 20}, policy{MaximumSymbols: 19}, map[password.Rule]password.Direction{"maximumSymbols": stricter}},
		"special":              {policy{MinimumSpecialSymbols: 2}, policy{MinimumSpecialSymbols: 1}, map[password.Rule]password.Direction{"minimumSpecialSymbols": looser}},
		"upper case":           {policy{}, policy{MinimumUpperCaseSymbols: 1}, map[password.Rule]password.Direction{"minimumUpperCaseSymbols": stricter}},
		"digits":               {policy{}, policy{MinimumDigits: 1}, map[password.Rule]password.Direction{"minimumDigits": stricter}},
		"name":                 {policy{}, policy{UserNameForbidden: true}, map[password.Rule]password.Direction{"userNameForbidden": stricter}},
		"name allowed":         {policy{UserNameForbidden: true}, policy{}, map[password.Rule]password.Direction{"userNameForbidden": looser}},
		"history":              {policy{ForbiddenLastPasswords: 3}, policy{ForbiddenLastPasswords: 5}, map[password.Rule]password.Direction{"forbiddenLastPasswords": stricter}},
		"an expression":        {policy{}, policy{AllowedRegex: "a+"}, map[password.Rule]password.Direction{"allowedRegex": stricter}},
		"no expression":        {policy{AllowedRegex: "a+"}, policy{}, map[password.Rule]password.Direction{"allowedRegex": looser}},
		"another expression":   {policy{AllowedRegex: "a+"}, policy{AllowedRegex: "b*"}, map[password.Rule]password.Direction{"allowedRegex": other}},
		"the same otherwise":   {policy{AllowedRegex: "a+"}, policy{AllowedRegex: "aa*"}, map[password.Rule]password.Direction{"allowedRegex": other}},
		"a larger expression":  {policy{AllowedRegex: "[a-z]{8}"}, policy{AllowedRegex: `\w{8,}`}, map[password.Rule]password.Direction{"allowedRegex": other}},
		"a look-ahead more":    {policy{AllowedRegex: `\w{8,}`}, policy{AllowedRegex: `(?=.*\d)\w{8,}`}, map[password.Rule]password.Direction{"allowedRegex": other}},
		"what is not provable": {policy{AllowedRegex: `\w{8,}`}, policy{AllowedRegex: `(?<!x)\w{8}`}, map[password.Rule]password.Direction{"allowedRegex": other}},
		"shorter life":         {policy{PasswordExpirationInDays: 64}, policy{PasswordExpirationInDays: 30}, map[password.Rule]password.Direction{"passwordExpirationInDays": stricter}},
		"for ever":             {policy{PasswordExpirationInDays: 64}, policy{}, map[password.Rule]password.Direction{"passwordExpirationInDays": looser}},
		"no longer for ever":   {policy{}, policy{PasswordExpirationInDays: 999}, map[password.Rule]password.Direction{"passwordExpirationInDays": stricter}},
		"reminder, unheard":    {policy{}, policy{EmailBeforeExpirationInDays: 5}, nil},
		"reminder":             {policy{PasswordExpirationInDays: 64}, policy{PasswordExpirationInDays: 64, EmailBeforeExpirationInDays: 5}, map[password.Rule]password.Direction{"emailBeforeExpirationInDays": other}},
		"fewer attempts":       {policy{MaxLoginAttempts: 10}, policy{MaxLoginAttempts: 5}, map[password.Rule]password.Direction{"maxLoginAttempts": stricter}},
		"any number":           {policy{MaxLoginAttempts: 10, BlockingTimeInMin: 5}, policy{}, map[password.Rule]password.Direction{"maxLoginAttempts": looser, "blockingTimeInMin": looser}},
		"longer blocks":        {policy{MaxLoginAttempts: 5, BlockingTimeInMin: 5}, policy{MaxLoginAttempts: 5, BlockingTimeInMin: 6}, map[password.Rule]password.Direction{"blockingTimeInMin": stricter}},
		"blocks without end":   {policy{MaxLoginAttempts: 5, BlockingTimeInMin: 5}, policy{MaxLoginAttempts: 5}, map[password.Rule]password.Direction{"blockingTimeInMin": stricter}},
		"blocks with an end":   {policy{MaxLoginAttempts: 5}, policy{MaxLoginAttempts: 5, BlockingTimeInMin: 500}, map[password.Rule]password.Direction{"blockingTimeInMin": looser}},
		"both unused":          {policy{BlockingTimeInMin: 5}, policy{BlockingTimeInMin: 7}, nil},
		"several, in a place":  {policy{MinimumDigits: 2, MinimumSymbols: 6}, policy{MinimumDigits: 1, MinimumSymbols: 8}, map[password.Rule]password.Direction{"minimumSymbols": stricter, "minimumDigits": looser}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := changed(test.old, test.next); len(got) != len(test.want) || len(got) > 0 && !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// A SUPERADMIN section that is added or removed is compared with the policy that applies without it.
func TestCompareWithSuperAdmins(t *testing.T) {
	own := password.Policy{Section: password.SectionSuperAdmin, MinimumSymbols: 15}
	without := password.Policies{Account: password.Policy{Section: password.SectionAccount, MinimumSymbols: 8}}
	with := without
	with.SuperAdmin = &own
	same := without
	same.SuperAdmin = &without.Account
	for _, test := range []struct {
		old, next password.Policies
		want      []password.Direction
	}{
		{without, with, []password.Direction{password.Stricter}}, {with, without, []password.Direction{password.Looser}}, {without, same, nil}, {with, with, nil},
	} {
		sections := password.Compare(test.old, test.next)
		if len(sections) != 3 || sections[2].Section != password.SectionSuperAdmin || len(sections[0].Changes)+len(sections[1].Changes) > 0 {
			t.Fatalf("sections %v", sections)
		}
		var got []password.Direction
		for _, change := range sections[2].Changes {
			got = append(got, change.Direction)
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("got %v, want %v", got, test.want)
		}
	}
	if sections := password.Compare(without, without); len(sections) != 2 {
		t.Errorf("sections %v", sections)
	}
}

// The directions are reversed, and there are no changes exactly if the canonical rules are equal.
func TestCompareIsAntisymmetric(t *testing.T) {
	opposite := map[password.Direction]password.Direction{
		password.Stricter: password.Looser, password.Looser: password.Stricter, password.Changed: password.Changed,
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyPolicy(t, password.SectionAccount), anyPolicy(t, password.SectionAccount)
		there, back := changed(a, b), changed(b, a)
		if len(there) != len(back) {
			t.Fatalf("there %v, back %v", there, back)
		}
		for rule, direction := range there {
			if back[rule] != opposite[direction] {
				t.Fatalf("%s: there %s, back %s", rule, direction, back[rule])
			}
		}
		same := (password.Policies{Account: a}).Canonical() == (password.Policies{Account: b}).Canonical()
		if same != (len(there) == 0) {
			t.Fatalf("the same: %v, changes: %v", same, there)
		}
	})
}
