--- line
SELECT obj('method', :r_method, 'path', :r_path,
   'request', json_object('content_type', :r_type, 'body', :body),
   'response', json_object('status', :r_status, 'content_type', :r_reply_type, 'body', :r_reply),
   'fault', :r_fault) AS line
