package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/policy"
	"latchkey/models"
	"latchkey/password"
)

// policyRules are the rules of a policy, by the names of the policy file.
type policyRules struct {
	MinimumSymbols              int    `json:"minimumSymbols"`
	MaximumSymbols              int    `json:"maximumSymbols"`
	MinimumSpecialSymbols       int    `json:"minimumSpecialSymbols"`
	MinimumUpperCaseSymbols     int    `json:"minimumUpperCaseSymbols"`
	MinimumDigits               int    `json:"minimumDigits"`
	UserNameForbidden           bool   `json:"userNameForbidden"`
	ForbiddenLastPasswords      int    `json:"forbiddenLastPasswords"`
	AllowedRegex                string `json:"allowedRegex"`
	PasswordExpirationInDays    int    `json:"passwordExpirationInDays"`
	EmailBeforeExpirationInDays int    `json:"emailBeforeExpirationInDays"`
	MaxLoginAttempts            int    `json:"maxLoginAttempts"`
	BlockingTimeInMin           int    `json:"blockingTimeInMin"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

func rulesOf(p password.Policy) policyRules {
	return policyRules{
		MinimumSymbols: p.MinimumSymbols, MaximumSymbols: p.MaximumSymbols, MinimumSpecialSymbols: p.MinimumSpecialSymbols, MinimumUpperCaseSymbols: p.MinimumUpperCaseSymbols,
		MinimumDigits: p.MinimumDigits, UserNameForbidden: p.UserNameForbidden, ForbiddenLastPasswords: p.ForbiddenLastPasswords, AllowedRegex: p.AllowedRegex,
		PasswordExpirationInDays: p.PasswordExpirationInDays, EmailBeforeExpirationInDays: p.EmailBeforeExpirationInDays,
		MaxLoginAttempts: p.MaxLoginAttempts, BlockingTimeInMin: p.BlockingTimeInMin,
	}
}

type policyAnswer struct {
	Body struct {
		Account    policyRules `json:"ACCOUNT"`
		Technical  policyRules `json:"TECHNICAL"`
		SuperAdmin policyRules `json:"SUPERADMIN"`

		_ struct{} `json:"-" additionalProperties:"true"`
	}
}

// PolicyOf says under which policy a password is.
type PolicyOf struct {
	Kind      string `json:"kind,omitempty" enum:"superadmin,organization,customer" default:"customer"`
	Technical bool   `json:"technical,omitempty"`
	Name      string `json:"name,omitempty" maxLength:"400" doc:"the account name, which passwords may not contain"`
}

func (o PolicyOf) account() models.Account {
	return models.Account{Kind: models.Kind(cmp.Or(o.Kind, string(models.Customer))), Technical: o.Technical, Name: o.Name}
}

type checkRequest struct {
	Body struct {
		PolicyOf
		Password string `json:"password" maxLength:"16384"`
	}
}

type checkAnswer struct {
	Body struct {
		OK     bool           `json:"ok"`
		Errors []FieldProblem `json:"errors" doc:"the broken rules, in the order of the policy; the history is not among them"`

		_ struct{} `json:"-" additionalProperties:"true"`
	}
}

type generateRequest struct {
	Body struct {
		PolicyOf
		Length int `json:"length,omitempty" minimum:"1" maximum:"256"`
	}
}

type generateAnswer struct {
	Body struct {
		Password string `json:"password"`

		_ struct{} `json:"-" additionalProperties:"true"`
	}
}

func (a *API) registerPolicy() {
	const tag = "Password policy"
	register(a, operation{id: "get-policy", method: http.MethodGet, path: "/policy", tag: tag, who: operators, summary: "The rules in force"}, a.getPolicy)
	register(a, operation{id: "check-password", method: http.MethodPost, path: "/policy/check", tag: tag, who: operators, summary: "Check a password against the policy"}, a.checkPassword)
	register(a, operation{id: "generate-password", method: http.MethodPost, path: "/policy/generate", tag: tag, who: operators, summary: "Generate a password under the policy"}, a.generate)
}

func (a *API) rules(ctx context.Context) *policy.Rules { return a.Accounts.Policies.For(ctx) }

func (a *API) getPolicy(ctx context.Context, _ *call, _ *struct{}) (*policyAnswer, error) {
	var out policyAnswer
	for to, of := range map[*policyRules]models.Account{
		&out.Body.Account: {Kind: models.Customer}, &out.Body.Technical: {Kind: models.Customer, Technical: true}, &out.Body.SuperAdmin: {Kind: models.SuperAdmin},
	} {
		*to = rulesOf(a.rules(ctx).Policy(of))
	}
	return &out, nil
}

func (a *API) checkPassword(ctx context.Context, _ *call, in *checkRequest) (*checkAnswer, error) {
	var out checkAnswer
	out.Body.Errors = []FieldProblem{}
	_, err := a.Accounts.Credentials.CheckComposition(a.rules(ctx), in.Body.account(), in.Body.Password)
	var invalid *core.ValidationError
	if err != nil && !errors.As(err, &invalid) {
		return nil, err
	}
	if out.Body.OK = err == nil; !out.Body.OK {
		for _, field := range invalid.Fields {
			out.Body.Errors = append(out.Body.Errors, FieldProblem{Pointer: pointer("password"), Code: string(field.Code), Detail: a.explain(field)})
		}
	}
	return &out, nil
}

func (a *API) generate(ctx context.Context, _ *call, in *generateRequest) (*generateAnswer, error) {
	generated, err := a.Accounts.Credentials.Generate(in.Body.Name, a.rules(ctx).Policy(in.Body.account()), credential.GeneratorOptions{Length: number(in.Body.Length)})
	if err != nil {
		return nil, err
	}
	var out generateAnswer
	out.Body.Password = generated.Text
	return &out, nil
}
