package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/models"
)

// tokenRequest asks for a token.
type tokenRequest struct {
	Body *struct {
		Seconds int `json:"seconds,omitempty" minimum:"1" maximum:"2147483647" doc:"how long the token is to be valid; at most, and by default, as long as the settings allow"`
	} `required:"false"`
}

// tokenAnswer has a new token.
type tokenAnswer struct {
	Body struct {
		Token  string    `json:"token" doc:"to be sent as Authorization: Bearer"`
		EndsAt time.Time `json:"ends_at"`

		_ struct{} `json:"-" additionalProperties:"true"`
	}
}

func (a *API) registerToken() {
	register(a, operation{
		id: "create-token", method: http.MethodPost, path: "/token", tag: "Sign-in", who: anyone,
		errors:  []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests},
		auth:    []string{"key", "basic"},
		summary: "Exchange a key, or the name and password of a technical account, for a token",
	}, a.createToken)
	register(a, operation{
		id: "verify-password", method: http.MethodPost, path: "/verify", tag: "Sign-in", who: operators,
		summary: "Check a password of an account, for a program that has its own sign-in page",
	}, a.verify)
}

func (a *API) createToken(ctx context.Context, call *call, in *tokenRequest) (*tokenAnswer, error) {
	var life time.Duration
	if in.Body != nil {
		life = time.Duration(in.Body.Seconds) * time.Second
	}
	token, err := a.issue(ctx, call, life)
	if err != nil {
		return nil, err
	}
	var out tokenAnswer
	out.Body.Token, out.Body.EndsAt = token.Secret, token.EndsAt
	return &out, nil
}

// issue makes a token for the key, or the name and password, of a request.
func (a *API) issue(ctx context.Context, call *call, life time.Duration) (apikey.Token, error) {
	request := call.c.Request()
	admit := func(account models.Account) error {
		leave, err := a.limits.enter(account.ID, a.Now(), call.c.Response().Header())
		if err == nil {
			leave()
		}
		return err
	}
	if name, password, ok := request.BasicAuth(); ok && len(request.Header.Values("Authorization")) == 1 {
		if !page.Readable(name) || !page.Readable(password) {
			return apikey.Token{}, errBasic
		}
		token, account, err := a.Accounts.SignInTechnical(ctx, name, password, life, page.Client(call.c), admit)
		var invalid *core.ValidationError
		switch {
		case err == nil:
			page.SetProgram(call.c, core.Actor{ID: account.ID, Name: account.Name, Kind: account.Kind, Key: &core.Key{}})
		case errors.Is(err, core.ErrSignIn), errors.As(err, &invalid): // a name or password that no account can have
			err = errBasic
		}
		return token, err
	}
	secret, ok := bearer(request)
	if !ok {
		return apikey.Token{}, apikey.ErrInvalid
	}
	token, access, err := a.Accounts.Keys.Exchange(ctx, secret, life, page.Client(call.c), admit)
	if access.Account.ID != "" {
		page.SetProgram(call.c, access.Actor)
	}
	return token, err
}

// errBasic is [core.ErrSignIn] of a request with name and password in its header.
var errBasic = basicError{}

type basicError struct{}

func (basicError) Error() string { return core.ErrSignIn.Error() }
func (basicError) Unwrap() error { return core.ErrSignIn }

type verifyRequest struct {
	Body struct {
		Name     string `json:"name" maxLength:"1000" doc:"account name or e-mail address"`
		Password string `json:"password" maxLength:"16384"`
		ClientIP string `json:"client_ip,omitempty" maxLength:"64" doc:"the IP address of who signs in to the program, by which attempts are limited"`
	}
}

type verifyAnswer struct {
	Body struct {
		OK      bool      `json:"ok"`
		Account reference `json:"account"`

		_ struct{} `json:"-" additionalProperties:"true"`
	}
}

func (a *API) verify(ctx context.Context, call *call, in *verifyRequest) (*verifyAnswer, error) {
	account, err := a.Accounts.VerifyPassword(ctx, call.actor, in.Body.Name, in.Body.Password, in.Body.ClientIP)
	var invalid *core.ValidationError
	if errors.As(err, &invalid) && invalid.Fields[0].Field != "client_ip" {
		err = core.ErrSignIn // no account can have it
	}
	if err != nil {
		return nil, err
	}
	var out verifyAnswer
	out.Body.OK, out.Body.Account = true, reference{ID: account.ID, Name: account.Name}
	return &out, nil
}
