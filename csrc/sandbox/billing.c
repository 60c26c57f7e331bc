/*
** Plans, subscription, invoices. Nothing here changes: the answers have the shape of the schema and
** plausible values.
*/
#include "private.h"
#include "script.h"

/* clang-format off */
/* SQL is laid out by hand: the formatter does not read it. */

#define PRICES(FACTOR) \
    "json_object('actual', p.cents * " FACTOR ", 'base', p.cents * " FACTOR ", 'with_tax', p.cents * " FACTOR ")"

/* Both price points of the plan p, as on the price list of an organization. */
#define FANCY_PLAN \
    "json_object('name', p.name, 'plan_id', p.id, 'pricing_plans', raw((SELECT json_group_array(json_object(\n" \
    " 'actual_price_in_usd_cents', p.cents, 'campaign', json_object('discount', 10, 'end', iso(1893456000),\n" \
    "  'key', 'spring', 'name', 'Spring', 'start', iso(1700000000)), 'list_price_in_usd_cents', p.cents,\n" \
    " 'name', p.name || CASE months WHEN 1 THEN ' monthly' ELSE ' annual' END, 'period', months,\n" \
    " 'price_point_handle', p.handle || '-' || months, 'prices_month', " PRICES("1") ",\n" \
    " 'prices_period', " PRICES("months") ", 'pricing_plan_id', p.id * 100 + months))\n" \
    " FROM (SELECT 1 AS months UNION ALL SELECT 12))))"

#define PRICE_LIST(CONDITION) \
    "SELECT 200, json_object('currency_id', 1, 'discount_percentage', 0, 'discount_to', iso(1893456000),\n" \
    " 'plans', raw((SELECT json_group_array(" FANCY_PLAN ") FROM plans p " CONDITION ")),\n" \
    " 'tax_included', bool(0), 'tax_percentage', 0.0, 'tax_type', 'none', 'user_count',\n" \
    " (SELECT count(*) FROM org_users WHERE organization_id = :organization_id AND NOT inactive))"

static const char plans_sql[] =
    PRICE_LIST("");
static const char plan_sql[] =
    "SELECT 403, 'There is no such plan.' WHERE :plan_id NOT IN (SELECT id FROM plans);\n" PRICE_LIST("WHERE id ="
    " :plan_id");

static const char public_plans_sql[] =
    "SELECT 200, json_group_array(" FANCY_PLAN ") FROM plans p WHERE p.handle <> 'enterprise'";

/* An array of arrays, as declared. */
static const char all_plans_sql[] =
    "SELECT 200, json_array(raw(json_group_array(json_object('active_at', iso(1577880000), 'features',"
    " json_array(\n"
    " json_object('description', 'Groups of people', 'feature_id', 10, 'is_default_feature', bool(p.id = 1),\n"
    "  'name', 'groups', 'trial_only', bool(0))), 'inactive_at', '', 'max_user_count', CASE p.id WHEN 1 THEN 5"
    " ELSE 100000 END,\n"
    " 'name', p.name, 'plan_at', iso(1577880000), 'plan_id', p.id, 'prices', json_array(json_object(\n"
    "  'amount_in_cents', p.cents, 'currency', 'USD', 'period', 1, 'plan', json_object('id', p.id,\n"
    "   'max_user_count', 100000, 'name', p.name, 'pricing_plans', json_array(), 'product_handle', p.handle),\n"
    "  'plan_id', p.id, 'price_point_handle', p.handle || '-1', 'pricing_plan_id', p.id * 100 + 1)),\n"
    " 'product_handle', p.handle, 'toggl_product_name', 'track')))) FROM plans p";

#define PLAN_HERE \
    "(SELECT p.id, p.name, p.handle, p.cents, o.id AS org, o.created FROM organizations o JOIN plans p\n" \
    " ON p.handle = ifnull(o.plan, plan()) WHERE o.id = :organization_id)"

#define CARD \
    "json_object('added_at', iso(1650000000), 'card_number', '**** 4242', 'card_type', 'visa', 'creator_id'," \
    " me(), 'creator_name', 'Olive Hart', 'expiry_date', '12/30', 'holder_name', 'Olive Hart')"

#define CONTACT \
    "json_object('company_address', '1 Long Street', 'company_city', 'Tallinn', 'company_name', 'Acme',\n" \
    " 'contact_detail_id', 5, 'contact_email', 'billing@acme.test', 'contact_person', 'Ann Lee', 'country_id'," \
    " 67, 'country_subdivision_id', 3, 'created_at', iso(1650000000), 'customer_id', 8, 'is_eu_resident', bool(1),\n" \
    " 'updated_at', iso(1650000000), 'user_id', me(), 'vat_number', 'EE100000001', 'vat_number_valid', bool(1),\n" \
    " 'vat_number_validated_at', iso(1650000000), 'zip_code', '10111')"

#define SUBSCRIPTION \
    "SELECT 200, json_object('active_users', n.people, 'auto_renew', bool(1), 'billing_period_in_months', 12,\n" \
    " 'campaign_available', bool(0), 'cancel_date', '', 'card_details', " CARD ", 'company_id', 6,\n" \
    " 'contact_details', " CONTACT ", 'currency', 'USD', 'current_period_ends_at', iso(1893456000),\n" \
    " 'current_period_starts_at', iso(1861920000), 'customer_id', 8, 'end_date', iso(1893456000),\n" \
    " 'enterprise', bool(0), 'is_subscription_beta', bool(0), 'is_unified', bool(1),\n" \
    " 'keep_trial_on_subscription', bool(0), 'last_invoice', json_object('amount', 24000, 'created_at'," \
    " iso(1861920000),\n" \
    "  'currency_id', 1, 'due', iso(1862000000), 'id', 1003, 'paid_at', iso(1861930000), 'tax_percentage', 0.0,\n" \
    "  'total_amount', 24000), 'last_payment', json_object('created_at', iso(1861930000), 'description', 'Card',\n" \
    "  'id', 9, 'status', 'paid'), 'last_pricing_plan_id', 1, 'new_signup_trial', bool(0),\n" \
    " 'next_payment_date', iso(1893456000), 'payment_failed', bool(0), 'payment_method', 'card', 'plan_id', k.id,\n" \
    " 'plan_name', k.name, 'pricing_plan_id', k.id * 100 + 12, 'renewal_at', iso(1893456000),\n" \
    " 'renewal_date', iso(1893456000), 'seat_cost_in_cents', k.cents, 'seats', n.people + 3, 'site', 'us',\n" \
    " 'start_date', iso(1861920000), 'state', CASE k.handle WHEN 'free' THEN 'free' ELSE 'active' END,\n" \
    " 'subscription_created_at', iso(k.created), 'subscription_period', json_object('created_at'," \
    " iso(1861920000), 'finished_on', iso(1893456000), 'started_on', iso(1861920000), 'subscription_id', 77,\n" \
    "  'subscription_period_id', 78, 'trial', bool(0), 'user_count', n.people), 'trial_available', bool(0),\n" \
    " 'trial_end_date', iso(1600000000), 'trial_start_date', iso(1598000000))\n" \
    " FROM " PLAN_HERE " k, (SELECT count(*) AS people FROM org_users WHERE organization_id = :organization_id\n" \
    "  AND NOT inactive) n"

static const char customer_sql[] =
    "SELECT 200, json_object('address_line', '1 Long Street', 'country_id', 'EE', 'currency', 'USD',\n"
    " 'customer_name', 'Acme', 'default_payment_method', json_object('card', json_object('brand', 'visa',\n"
    "  'country', 'EE', 'exp_month', 12, 'exp_year', 2030, 'last4', '4242'), 'sepa_debit',"
    " json_object('bank_code', '1',\n"
    "  'country', 'EE', 'last4', '0000'), 'type', 'card', 'us_bank_account', json_object('bank_name', 'None',\n"
    "  'blocked', bool(0), 'blocked_reason', '', 'last4', '0000')), 'discount', json_object('coupon',"
    " json_object(\n"
    "  'amount_off', 0, 'deleted', bool(0), 'duration', 'once', 'duration_in_months', 1, 'id', 'cp_1', 'name',"
    " 'Welcome', 'percent_off', 10.0, 'valid', bool(1)), 'promotion_code', json_object('active', bool(1), 'code',"
    " 'WELCOME',\n"
    "  'expires_at', iso(1893456000), 'id', 'promo_1')), 'id', 'cus_1', 'postal_code', '10111', 'site', 'us',\n"
    " 'state', '', 'tax_number', 'EE100000001', 'toggl_user_email', (SELECT email FROM accounts WHERE id = me()),\n"
    " 'toggl_user_id', me())";

/* Three invoices, two to a page. */
static const char invoices_sql[] =
    "SELECT 400, 'A cursor needs last_inv with it.' WHERE :q_cursor IS NOT NULL AND :q_last_inv IS NULL;\n"
    "SELECT CASE WHEN :q_cursor IS NULL THEN 1 ELSE 3 END AS first;\n"
    "SELECT 200, json_array(obj('items', raw((SELECT json_group_array(json_object(\n"
    " 'creation_date', iso(1700000000 + k * 86400), 'currency', 'USD', 'description', 'Seats', 'hosted_url',\n"
    " 'https://pay.toggl.test/i/' || secret(40, k), 'id', 'in_100' || k, 'invoice_number', '100' || k, 'pdf_url',\n"
    " 'https://pay.toggl.test/i/' || secret(40, k) || '/pdf', 'status', 'paid', 'total_amount', 24000))\n"
    " FROM (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3) WHERE k BETWEEN :first AND :first + 1)),\n"
    " 'next', CASE :first WHEN 1 THEN 'page-2' END))";

static const char summary_sql[] =
    "SELECT 400, 'quantity must be a number.' WHERE ifnull(:q_quantity, '') GLOB '*[^0-9]*';\n"
    "SELECT 200, json_quote('The next invoice is for ' || ifnull(:q_quantity, '1') || ' seats.')";

static const char payment_failed_sql[] =
    "SELECT 200, json_object('code', 'card_declined', 'decline_code', 'insufficient_funds', 'doc_url',\n"
    " 'https://pay.toggl.test/help', 'invoice_total_amount', 24000, 'message', 'The card was declined.',\n"
    " 'next_payment_attempt', iso(1893456000), 'organization_id', :organization_id)";

#define PDF \
    "SELECT 200, '%PDF-1.4\n" \
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" \
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" \
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n" \
    "xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n" \
    "trailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n'"

static const char invoice_sql[] =
    "SELECT 404, 'No invoice found.' WHERE replace(:invoice_uid, 'in_', '') NOT IN ('1001', '1002', '1003');\n" PDF;

static const char purchase_order_sql[] =
    "SELECT 404, 'No purchase order found.' WHERE :purchase_order_uid NOT IN ('1', 'po_1');\n" PDF;

#define ORG "/organizations/{organization_id}"

/* clang-format on */

const sb_route sb_routes_billing[] =
    {{"GET", ORG "/plans", SB_MEMBER, SB_JSON, 403, 403, plans_sql},
     {"GET", ORG "/plans/{plan_id}", SB_MEMBER, SB_JSON, 403, 403, plan_sql},
     {"GET", ORG "/payment_records", SB_ADMIN, SB_JSON, 400, 403, invoices_sql},
     {"GET", ORG "/subscription", SB_ADMIN, SB_JSON, 403, 403, SUBSCRIPTION},
     {"GET", ORG "/subscription/customer", SB_ADMIN, SB_JSON, 403, 403, customer_sql},
     {"GET", ORG "/subscription/invoice_summary", SB_ADMIN, SB_JSON, 400, 403, summary_sql},
     {"GET", ORG "/subscription/payment_failed", SB_ADMIN, SB_JSON, 404, 403, payment_failed_sql},
     {"GET", ORG "/subscription/purchase_orders/{purchase_order_uid}.pdf", SB_ADMIN, SB_PDF, 404,
      403, purchase_order_sql},
     {"GET", ORG "/invoices/{invoice_uid}.pdf", SB_ADMIN, SB_PDF, 404, 403, invoice_sql},
     {"GET", "/workspaces/{workspace_id}/subscription", SB_WORKSPACE_ADMIN, SB_JSON, 403, 403,
      SUBSCRIPTION},
     {"GET", "/workspaces/plans", SB_OPEN, SB_JSON, 500, 500, public_plans_sql},
     {"GET", "/subscriptions/plans", SB_OPEN, SB_JSON, 500, 500, all_plans_sql},
     {0}};
