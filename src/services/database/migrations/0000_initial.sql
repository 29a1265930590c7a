CREATE SCHEMA "identity";
--> statement-breakpoint
CREATE SCHEMA "embedded_cognito";
--> statement-breakpoint
CREATE SCHEMA "embedded_verified_permissions";
--> statement-breakpoint
CREATE SCHEMA "embedded_sts";
--> statement-breakpoint
CREATE TABLE "identity"."leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" uuid NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."pending_proofs" (
	"session_id" uuid PRIMARY KEY NOT NULL,
	"sealed" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."people" (
	"id" text PRIMARY KEY NOT NULL,
	"user_type" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."promised_endings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"reason" text NOT NULL,
	"except_session" text,
	"promised_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."refresh_token_digests" (
	"digest" "bytea" PRIMARY KEY NOT NULL,
	"session_id" uuid NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"generation" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."secrets" (
	"name" text PRIMARY KEY NOT NULL,
	"value" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"family" text NOT NULL,
	"user_id" text NOT NULL,
	"user_type" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"end_reason" text,
	"ip_address" text,
	"user_agent" text,
	"mfa_authenticated" boolean NOT NULL,
	"refresh_generation" integer DEFAULT 0 NOT NULL,
	"refresh_digest" "bytea",
	"refresh_generation_used_at" timestamp (3) with time zone,
	"cognito_session_id" text,
	"suspicious_since" timestamp (3) with time zone,
	"suspicious_clients" text[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "sessions_family_unique" UNIQUE("family")
);
--> statement-breakpoint
CREATE TABLE "identity"."settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."sign_in_bounds" (
	"user_id" text PRIMARY KEY NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"reason" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."app_clients" (
	"id" text PRIMARY KEY NOT NULL,
	"pool_id" text NOT NULL,
	"name" text NOT NULL,
	"secret" text,
	"settings" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."challenges" (
	"digest" "bytea" PRIMARY KEY NOT NULL,
	"pool_id" text NOT NULL,
	"sub" text NOT NULL,
	"client_id" text NOT NULL,
	"name" text NOT NULL,
	"code_digest" "bytea",
	"tries" integer DEFAULT 0 NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."codes" (
	"pool_id" text NOT NULL,
	"sub" text NOT NULL,
	"purpose" text NOT NULL,
	"sealed_code" "bytea" NOT NULL,
	"pending_value" text,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"wrong_tries" integer NOT NULL,
	"sent" integer NOT NULL,
	"counted_since" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "codes_pool_id_sub_purpose_pk" PRIMARY KEY("pool_id","sub","purpose")
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."group_members" (
	"pool_id" text NOT NULL,
	"group_name" text NOT NULL,
	"sub" text NOT NULL,
	CONSTRAINT "group_members_pool_id_group_name_sub_pk" PRIMARY KEY("pool_id","group_name","sub")
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."groups" (
	"pool_id" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"precedence" integer,
	"role_arn" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "groups_pool_id_name_pk" PRIMARY KEY("pool_id","name")
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."mailbox" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"recipient" text NOT NULL,
	"kind" text NOT NULL,
	"code" text NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"sent_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."outbox" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"recipient" text NOT NULL,
	"kind" text NOT NULL,
	"sealed_content" "bytea" NOT NULL,
	"written_at" timestamp (3) with time zone NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."password_history" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"pool_id" text NOT NULL,
	"sub" text NOT NULL,
	"password_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."refresh_families" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pool_id" text NOT NULL,
	"sub" text NOT NULL,
	"client_id" text NOT NULL,
	"authenticated_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."refresh_tokens" (
	"digest" "bytea" PRIMARY KEY NOT NULL,
	"family_id" uuid NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"rotated_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."resource_servers" (
	"pool_id" text NOT NULL,
	"identifier" text NOT NULL,
	"name" text NOT NULL,
	"scopes" jsonb NOT NULL,
	CONSTRAINT "resource_servers_pool_id_identifier_pk" PRIMARY KEY("pool_id","identifier")
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."sign_in_failures" (
	"pool_id" text NOT NULL,
	"account" text NOT NULL,
	"failures" integer NOT NULL,
	"last_failed_at" timestamp (3) with time zone NOT NULL,
	"locked_until" timestamp (3) with time zone,
	CONSTRAINT "sign_in_failures_pool_id_account_pk" PRIMARY KEY("pool_id","account")
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."sign_in_names" (
	"pool_id" text NOT NULL,
	"name" text NOT NULL,
	"sub" text NOT NULL,
	CONSTRAINT "sign_in_names_pool_id_name_pk" PRIMARY KEY("pool_id","name")
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."signing_keys" (
	"kid" text PRIMARY KEY NOT NULL,
	"pool_id" text NOT NULL,
	"private_key" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."software_tokens" (
	"pool_id" text NOT NULL,
	"sub" text NOT NULL,
	"secret" "bytea",
	"device_name" text,
	"last_step" integer,
	"pending_secret" "bytea",
	CONSTRAINT "software_tokens_pool_id_sub_pk" PRIMARY KEY("pool_id","sub")
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."user_pools" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"settings" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "embedded_cognito"."users" (
	"pool_id" text NOT NULL,
	"sub" text NOT NULL,
	"username" text NOT NULL,
	"attributes" jsonb NOT NULL,
	"status" text NOT NULL,
	"enabled" boolean NOT NULL,
	"password_hash" text NOT NULL,
	"temporary_password_expires_at" timestamp (3) with time zone,
	"mfa_methods" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"preferred_mfa" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "users_pool_id_sub_pk" PRIMARY KEY("pool_id","sub")
);
--> statement-breakpoint
CREATE TABLE "embedded_verified_permissions"."client_tokens" (
	"operation" text NOT NULL,
	"token" text NOT NULL,
	"request_digest" text NOT NULL,
	"resource_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "client_tokens_operation_token_pk" PRIMARY KEY("operation","token")
);
--> statement-breakpoint
CREATE TABLE "embedded_verified_permissions"."policies" (
	"store_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text,
	"description" text,
	"statement" text,
	"template_id" text,
	"principal" text,
	"resource" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "policies_store_id_id_pk" PRIMARY KEY("store_id","id"),
	CONSTRAINT "policies_static_or_linked" CHECK (("embedded_verified_permissions"."policies"."statement" is null) <> ("embedded_verified_permissions"."policies"."template_id" is null))
);
--> statement-breakpoint
CREATE TABLE "embedded_verified_permissions"."policy_stores" (
	"id" text PRIMARY KEY NOT NULL,
	"description" text,
	"validation_mode" text NOT NULL,
	"deletion_protection" text NOT NULL,
	"tags" jsonb NOT NULL,
	"schema" text,
	"schema_created_at" timestamp (3) with time zone,
	"schema_updated_at" timestamp (3) with time zone,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "embedded_verified_permissions"."policy_templates" (
	"store_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text,
	"description" text,
	"statement" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "policy_templates_store_id_id_pk" PRIMARY KEY("store_id","id")
);
--> statement-breakpoint
CREATE TABLE "embedded_sts"."access_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"secret" text NOT NULL,
	"session_token" text,
	"arn" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "identity"."pending_proofs" ADD CONSTRAINT "pending_proofs_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "identity"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."refresh_token_digests" ADD CONSTRAINT "refresh_token_digests_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "identity"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."app_clients" ADD CONSTRAINT "app_clients_pool_id_user_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "embedded_cognito"."user_pools"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."challenges" ADD CONSTRAINT "challenges_pool_id_sub_users_pool_id_sub_fk" FOREIGN KEY ("pool_id","sub") REFERENCES "embedded_cognito"."users"("pool_id","sub") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."codes" ADD CONSTRAINT "codes_pool_id_user_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "embedded_cognito"."user_pools"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."group_members" ADD CONSTRAINT "group_members_pool_id_group_name_groups_pool_id_name_fk" FOREIGN KEY ("pool_id","group_name") REFERENCES "embedded_cognito"."groups"("pool_id","name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."group_members" ADD CONSTRAINT "group_members_pool_id_sub_users_pool_id_sub_fk" FOREIGN KEY ("pool_id","sub") REFERENCES "embedded_cognito"."users"("pool_id","sub") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."groups" ADD CONSTRAINT "groups_pool_id_user_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "embedded_cognito"."user_pools"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."password_history" ADD CONSTRAINT "password_history_pool_id_sub_users_pool_id_sub_fk" FOREIGN KEY ("pool_id","sub") REFERENCES "embedded_cognito"."users"("pool_id","sub") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."refresh_families" ADD CONSTRAINT "refresh_families_pool_id_sub_users_pool_id_sub_fk" FOREIGN KEY ("pool_id","sub") REFERENCES "embedded_cognito"."users"("pool_id","sub") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."refresh_tokens" ADD CONSTRAINT "refresh_tokens_family_id_refresh_families_id_fk" FOREIGN KEY ("family_id") REFERENCES "embedded_cognito"."refresh_families"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."resource_servers" ADD CONSTRAINT "resource_servers_pool_id_user_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "embedded_cognito"."user_pools"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."sign_in_failures" ADD CONSTRAINT "sign_in_failures_pool_id_user_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "embedded_cognito"."user_pools"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."sign_in_names" ADD CONSTRAINT "sign_in_names_pool_id_sub_users_pool_id_sub_fk" FOREIGN KEY ("pool_id","sub") REFERENCES "embedded_cognito"."users"("pool_id","sub") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."signing_keys" ADD CONSTRAINT "signing_keys_pool_id_user_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "embedded_cognito"."user_pools"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."software_tokens" ADD CONSTRAINT "software_tokens_pool_id_sub_users_pool_id_sub_fk" FOREIGN KEY ("pool_id","sub") REFERENCES "embedded_cognito"."users"("pool_id","sub") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_cognito"."users" ADD CONSTRAINT "users_pool_id_user_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "embedded_cognito"."user_pools"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_verified_permissions"."policies" ADD CONSTRAINT "policies_store_id_policy_stores_id_fk" FOREIGN KEY ("store_id") REFERENCES "embedded_verified_permissions"."policy_stores"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_verified_permissions"."policies" ADD CONSTRAINT "policies_template" FOREIGN KEY ("store_id","template_id") REFERENCES "embedded_verified_permissions"."policy_templates"("store_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedded_verified_permissions"."policy_templates" ADD CONSTRAINT "policy_templates_store_id_policy_stores_id_fk" FOREIGN KEY ("store_id") REFERENCES "embedded_verified_permissions"."policy_stores"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "pending_proofs_by_expiry" ON "identity"."pending_proofs" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "refresh_token_digests_by_session" ON "identity"."refresh_token_digests" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "sessions_by_user" ON "identity"."sessions" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "app_clients_by_pool" ON "embedded_cognito"."app_clients" USING btree ("pool_id","id");--> statement-breakpoint
CREATE INDEX "challenges_by_user" ON "embedded_cognito"."challenges" USING btree ("pool_id","sub");--> statement-breakpoint
CREATE INDEX "challenges_by_expiry" ON "embedded_cognito"."challenges" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "codes_by_expiry" ON "embedded_cognito"."codes" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "group_members_by_user" ON "embedded_cognito"."group_members" USING btree ("pool_id","sub");--> statement-breakpoint
CREATE INDEX "outbox_by_due" ON "embedded_cognito"."outbox" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "password_history_by_user" ON "embedded_cognito"."password_history" USING btree ("pool_id","sub","id");--> statement-breakpoint
CREATE INDEX "refresh_families_by_user" ON "embedded_cognito"."refresh_families" USING btree ("pool_id","sub");--> statement-breakpoint
CREATE INDEX "refresh_families_by_expiry" ON "embedded_cognito"."refresh_families" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "refresh_tokens_by_family" ON "embedded_cognito"."refresh_tokens" USING btree ("family_id");--> statement-breakpoint
CREATE INDEX "sign_in_failures_by_time" ON "embedded_cognito"."sign_in_failures" USING btree ("last_failed_at");--> statement-breakpoint
CREATE INDEX "sign_in_names_by_user" ON "embedded_cognito"."sign_in_names" USING btree ("pool_id","sub");--> statement-breakpoint
CREATE INDEX "signing_keys_by_pool" ON "embedded_cognito"."signing_keys" USING btree ("pool_id","created_at");--> statement-breakpoint
CREATE INDEX "users_by_email" ON "embedded_cognito"."users" USING btree ("pool_id",lower("attributes" ->> 'email') text_pattern_ops);--> statement-breakpoint
CREATE INDEX "users_by_phone_number" ON "embedded_cognito"."users" USING btree ("pool_id",("attributes" ->> 'phone_number') text_pattern_ops);--> statement-breakpoint
CREATE INDEX "users_by_given_name" ON "embedded_cognito"."users" USING btree ("pool_id",("attributes" ->> 'given_name') text_pattern_ops);--> statement-breakpoint
CREATE INDEX "users_by_family_name" ON "embedded_cognito"."users" USING btree ("pool_id",("attributes" ->> 'family_name') text_pattern_ops);--> statement-breakpoint
CREATE UNIQUE INDEX "policies_by_name" ON "embedded_verified_permissions"."policies" USING btree ("store_id","name");--> statement-breakpoint
CREATE INDEX "policies_by_template" ON "embedded_verified_permissions"."policies" USING btree ("store_id","template_id");--> statement-breakpoint
CREATE UNIQUE INDEX "policy_templates_by_name" ON "embedded_verified_permissions"."policy_templates" USING btree ("store_id","name");