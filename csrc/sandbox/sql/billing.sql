--- prices(factor)
json_object(
  'actual', p.cents * {{factor}}, 'base', p.cents * {{factor}}, 'with_tax', p.cents * {{factor}})

--- fancy_plan
-- Both price points of the plan p, as on the price list of an organization.
json_object('name', p.name, 'plan_id', p.id,
   'pricing_plans', raw((SELECT json_group_array(
         json_object('actual_price_in_usd_cents', p.cents, 'campaign', json_object(
              'discount', 10, 'end', iso(1893456000), 'key', 'spring', 'name', 'Spring',
               'start', iso(1700000000)), 'list_price_in_usd_cents', p.cents,
            'name', p.name || CASE months WHEN 1 THEN ' monthly' ELSE ' annual' END,
            'period', months, 'price_point_handle', p.handle || '-' || months,
            'prices_month', {{prices(1)}}, 'prices_period', {{prices(months)}},
            'pricing_plan_id', p.id * 100 + months))
        FROM (SELECT 1 AS months UNION ALL SELECT 12))))

--- price_list(condition)
SELECT 200,
 json_object('currency_id', 1, 'discount_percentage', 0, 'discount_to', iso(1893456000),
    'plans', raw((SELECT json_group_array({{fancy_plan}}) FROM plans p {{condition}})),
    'tax_included', bool(0), 'tax_percentage', 0.0, 'tax_type', 'none', 'user_count', (
      SELECT active FROM org_counts WHERE organization_id = :organization_id))

--- plans
{{price_list()}}

--- plan
SELECT 403, 'There is no such plan.' WHERE :plan_id NOT IN (SELECT id FROM plans);
{{price_list(WHERE id = :plan_id)}}

--- public_plans
SELECT 200, json_group_array({{fancy_plan}}) FROM plans p WHERE p.handle <> 'enterprise'

--- all_plans
-- An array of arrays, as declared.
SELECT 200,
 json_array(raw(json_group_array(json_object('active_at', iso(1577880000),
          'features', json_array(json_object('description', 'Groups of people', 'feature_id', 10,
               'is_default_feature', bool(p.id = 1), 'name', 'groups', 'trial_only', bool(0))),
          'inactive_at', '', 'max_user_count', CASE p.id WHEN 1 THEN 5 ELSE 100000 END,
          'name', p.name, 'plan_at', iso(1577880000), 'plan_id', p.id, 'prices', json_array(
            json_object('amount_in_cents', p.cents, 'currency', 'USD', 'period', 1,
               'plan', json_object('id', p.id, 'max_user_count', 100000, 'name', p.name,
                  'pricing_plans', json_array(), 'product_handle', p.handle), 'plan_id', p.id,
               'price_point_handle', p.handle || '-1', 'pricing_plan_id', p.id * 100 + 1)),
          'product_handle', p.handle, 'toggl_product_name', 'track')))) FROM plans p

--- plan_here
(SELECT p.id, p.name, p.handle, p.cents, o.id AS org, o.created FROM organizations o
   JOIN plans p ON p.handle = ifnull(o.plan, plan()) WHERE o.id = :organization_id)

--- payer
-- The account that pays; without a paid plan, the owner's.
coalesce((SELECT user_id FROM org_users WHERE organization_id = :organization_id AND paying),
  (SELECT user_id FROM org_users WHERE organization_id = :organization_id AND role_id = 1))

--- card
(SELECT json_object('added_at', iso(1650000000), 'card_number', '**** 4242', 'card_type', 'visa',
    'creator_id', id, 'creator_name', name, 'expiry_date', '12/30', 'holder_name', name)
  FROM accounts WHERE id = {{payer}})

--- contact
json_object('company_address', '1 Long Street', 'company_city', 'Tallinn', 'company_name', 'Acme',
   'contact_detail_id', 5, 'contact_email', 'billing@example.com', 'contact_person', 'Ann Lee',
   'country_id', 67, 'country_subdivision_id', 3, 'created_at', iso(1650000000), 'customer_id', 8,
   'is_eu_resident', bool(1), 'updated_at', iso(1650000000), 'user_id', {{payer}},
   'vat_number', 'EE100000001', 'vat_number_valid', bool(1),
   'vat_number_validated_at', iso(1650000000), 'zip_code', '10111')

--- subscription
SELECT 200,
 json_object('active_users', n.people, 'auto_renew', bool(1), 'billing_period_in_months', 12,
    'campaign_available', bool(0), 'cancel_date', '', 'card_details', raw({{card}}),
    'company_id', 6,
    'contact_details', {{contact}}, 'currency', 'USD', 'current_period_ends_at', iso(1893456000),
    'current_period_starts_at', iso(1861920000), 'customer_id', 8, 'end_date', iso(1893456000),
    'enterprise', bool(0), 'is_subscription_beta', bool(0), 'is_unified', bool(1),
    'keep_trial_on_subscription', bool(0), 'last_invoice', json_object(
      'amount', 24000, 'created_at', iso(1861920000), 'currency_id', 1, 'due', iso(1862000000),
       'id', 1003, 'paid_at', iso(1861930000), 'tax_percentage', 0.0, 'total_amount', 24000),
    'last_payment', json_object(
      'created_at', iso(1861930000), 'description', 'Card', 'id', 9, 'status', 'paid'),
    'last_pricing_plan_id', 1, 'new_signup_trial', bool(0), 'next_payment_date', iso(1893456000),
    'payment_failed', bool(0), 'payment_method', 'card', 'plan_id', k.id, 'plan_name', k.name,
    'pricing_plan_id', k.id * 100 + 12, 'renewal_at', iso(1893456000),
    'renewal_date', iso(1893456000), 'seat_cost_in_cents', k.cents, 'seats', n.people + 3,
    'site', 'us', 'start_date', iso(1861920000),
    'state', CASE k.handle WHEN 'free' THEN 'free' ELSE 'active' END,
    'subscription_created_at', iso(k.created), 'subscription_period', json_object(
      'created_at', iso(1861920000), 'finished_on', iso(1893456000), 'started_on', iso(1861920000),
       'subscription_id', 77, 'subscription_period_id', 78, 'trial', bool(0),
       'user_count', n.people), 'trial_available', bool(0), 'trial_end_date', iso(1600000000),
    'trial_start_date', iso(1598000000))
 FROM {{plan_here}} k,
  (SELECT active AS people FROM org_counts WHERE organization_id = :organization_id) n

--- customer
SELECT 200, json_object(
   'address_line', '1 Long Street', 'country_id', 'EE', 'currency', 'USD', 'customer_name', 'Acme',
    'default_payment_method', json_object('card', json_object(
        'brand', 'visa', 'country', 'EE', 'exp_month', 12, 'exp_year', 2030, 'last4', '4242'),
       'sepa_debit', json_object('bank_code', '1', 'country', 'EE', 'last4', '0000'),
       'type', 'card', 'us_bank_account', json_object(
         'bank_name', 'None', 'blocked', bool(0), 'blocked_reason', '', 'last4', '0000')),
    'discount', json_object('coupon', json_object(
        'amount_off', 0, 'deleted', bool(0), 'duration', 'once', 'duration_in_months', 1,
         'id', 'cp_1', 'name', 'Welcome', 'percent_off', 10.0, 'valid', bool(1)),
       'promotion_code', json_object(
         'active', bool(1), 'code', 'WELCOME', 'expires_at', iso(1893456000), 'id', 'promo_1')),
    'id', 'cus_1', 'postal_code', '10111', 'site', 'us', 'state', '', 'tax_number', 'EE100000001',
    'toggl_user_email', (SELECT email FROM accounts WHERE id = {{payer}}),
    'toggl_user_id', {{payer}})

--- invoices
-- Three invoices, two to a page.
SELECT 400, 'A cursor needs last_inv with it.' WHERE :q_cursor IS NOT NULL AND :q_last_inv IS NULL;
SELECT CASE WHEN :q_cursor IS NULL THEN 1 ELSE 3 END AS first;
SELECT 200,
 json_array(obj('items', raw((SELECT json_group_array(
           json_object('creation_date', iso(1700000000 + k * 86400), 'currency', 'USD',
              'description', 'Seats', 'hosted_url', 'https://pay.toggl.test/i/' || secret(40, k),
              'id', 'in_100' || k, 'invoice_number', '100' || k,
              'pdf_url', 'https://pay.toggl.test/i/' || secret(40, k) || '/pdf', 'status', 'paid',
              'total_amount', 24000))
          FROM (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3)
          WHERE k BETWEEN :first AND :first + 1)), 'next', CASE :first WHEN 1 THEN 'page-2' END))

--- summary
SELECT 400, 'quantity must be a number.' WHERE ifnull(:q_quantity, '') GLOB '*[^0-9]*';
SELECT 200, json_quote('The next invoice is for ' || ifnull(:q_quantity, '1') || ' seats.')

--- payment_failed
SELECT 200,
 json_object('code', 'card_declined', 'decline_code', 'insufficient_funds',
    'doc_url', 'https://pay.toggl.test/help', 'invoice_total_amount', 24000,
    'message', 'The card was declined.', 'next_payment_attempt', iso(1893456000),
    'organization_id', :organization_id)

--- pdf
SELECT 200,
 '%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
xref
0 4
0000000000 65535 f 
0000000009 00000 n 
0000000052 00000 n 
0000000101 00000 n 
trailer<</Size 4/Root 1 0 R>>
startxref
164
%%EOF
'

--- invoice
SELECT 404, 'No invoice found.'
 WHERE replace(:invoice_uid, 'in_', '') NOT IN ('1001', '1002', '1003');
{{pdf}}

--- purchase_order
SELECT 404, 'No purchase order found.' WHERE :purchase_order_uid NOT IN ('1', 'po_1');
{{pdf}}
